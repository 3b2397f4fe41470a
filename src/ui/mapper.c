/* mapper.c: see mapper.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "mapper.h"

struct _HubMapper {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (HubMapper, hub_mapper, GTK_TYPE_WIDGET)

static void hub_mapper_class_init (HubMapperClass *class) {
}

static void hub_mapper_init (HubMapper *self) {
}

GtkWidget *hub_mapper_new (void) {
  return g_object_new (HUB_TYPE_MAPPER, NULL);
}

void hub_mapper_set (HubMapper *self, HubDraft *draft, GPtrArray *sources, GPtrArray *destinations,
                     gboolean open_ended) {
}
