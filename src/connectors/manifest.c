/* connectors/manifest.c */
