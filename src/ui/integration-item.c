/* ui/integration-item.c */
