/* connectors/http.c */
