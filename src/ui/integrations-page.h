/* integrations-page.h: the integrations, a card each, or how to begin (main thread).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <adwaita.h>

#define HUB_TYPE_INTEGRATIONS_PAGE (hub_integrations_page_get_type ())
G_DECLARE_FINAL_TYPE (HubIntegrationsPage, hub_integrations_page, HUB, INTEGRATIONS_PAGE, AdwBin)

/* Gives @button the menu of the ways to begin an integration: from nothing, from a template. A GtkMenuButtonCreatePopupFunc. */
void hub_integrations_page_make_menu (GtkMenuButton *button, gpointer data);
