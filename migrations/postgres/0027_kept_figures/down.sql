DROP TABLE kept_figure;
