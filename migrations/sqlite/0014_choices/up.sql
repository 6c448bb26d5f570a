-- Sums of days are made anew: those of before hold no counts of closed questions. Both empty: the tallies themselves are to be read.
UPDATE day_sum SET counts = x'', sums = x'';
