/* core/json-reader.c */
