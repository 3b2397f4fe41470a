/* mapper-links.h: draws the links between the mapper's two columns, and takes what is dragged between them (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal: "picked" (HubFieldItem *destination) when a link is clicked. What is dropped activates "mapper.link" (ss). */
#pragma once
#include "field-column.h"
#include "field-map.h"

/* Cuts a link between two heights to what lies in [@top, @bottom]; an end that is cut makes it @faded. FALSE when neither end is in it. */
gboolean hub_link_cut (double *from, double *to, double top, double bottom, gboolean *faded);

/* How far the point is from a link that is drawn from (0, @from) to (@width, @to). */
double hub_link_distance (double from, double to, double width, double x, double y);

#define HUB_TYPE_MAPPER_LINKS (hub_mapper_links_get_type ())
G_DECLARE_FINAL_TYPE (HubMapperLinks, hub_mapper_links, HUB, MAPPER_LINKS, GtkWidget)

/* Its siblings, whose parent holds nothing else. */
void hub_mapper_links_set_columns (HubMapperLinks *self, HubFieldColumn *sources,
                                   HubFieldColumn *destinations);
/* @links (element-type HubLink): a reference is kept; their items must live as long. */
void hub_mapper_links_set (HubMapperLinks *self, GArray *links);
