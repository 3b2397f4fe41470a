/* connectors/rest.c */
