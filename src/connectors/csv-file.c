/* connectors/csv-file.c */
