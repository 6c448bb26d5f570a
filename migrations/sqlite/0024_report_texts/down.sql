DROP TABLE IF EXISTS saved_view;
DROP TABLE IF EXISTS report_chart;
DROP TABLE IF EXISTS report_text;
