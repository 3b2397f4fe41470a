/* ui/integration-card.c */
