/* core/keyring.c */
