/* connectors/csv.c */
