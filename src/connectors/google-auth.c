/* connectors/google-auth.c */
