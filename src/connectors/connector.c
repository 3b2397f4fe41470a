/* connectors/connector.c */
