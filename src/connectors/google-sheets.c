/* connectors/google-sheets.c */
