/* sync/plan.c */
