/* step-kinds.c: what a person who edits a rule reads about each step; data.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "transform.h"

static const HubStepKind kinds[] = {
  { "trim", N_ ("Trim spaces"), { { 0 } } },
  { "lower", N_ ("Lower case"), { { 0 } } },
  { "upper", N_ ("Upper case"), { { 0 } } },
  { "title", N_ ("Capitalize each word"), { { 0 } } },
  { "replace",
    N_ ("Find and replace"),
    { { "find", N_ ("Find"), HUB_PARAM_TEXT, NULL },
      { "with", N_ ("Replace with"), HUB_PARAM_TEXT, NULL } } },
  { "split",
    N_ ("Split"),
    { { "by", N_ ("Separator"), HUB_PARAM_TEXT, "," },
      { "index", N_ ("Part, from 0"), HUB_PARAM_NUMBER, "0" } } },
  { "slice",
    N_ ("Some of the characters"),
    { { "start", N_ ("First character, from 0"), HUB_PARAM_NUMBER, "0" },
      { "length", N_ ("How many"), HUB_PARAM_NUMBER, NULL } } },
  { "join", N_ ("Join a list"), { { "by", N_ ("Separator"), HUB_PARAM_TEXT, ", " } } },
  { "number", N_ ("Read as a number"), { { "decimal", N_ ("Decimal mark"), HUB_PARAM_TEXT, NULL } } },
  { "multiply", N_ ("Multiply"), { { "by", N_ ("By"), HUB_PARAM_NUMBER, "100" } } },
  { "divide", N_ ("Divide"), { { "by", N_ ("By"), HUB_PARAM_NUMBER, "100" } } },
  { "round", N_ ("Round"), { { "to", N_ ("Decimals"), HUB_PARAM_NUMBER, "2" } } },
  { "date",
    N_ ("Format a date"),
    { { "format", N_ ("Format"), HUB_PARAM_TEXT, "%d/%m/%Y" },
      { "zone", N_ ("Time zone"), HUB_PARAM_TEXT, NULL } } },
  { "phone", N_ ("Phone number"), { { "country", N_ ("Country"), HUB_PARAM_TEXT, "FR" } } },
  { "lookup",
    N_ ("Look up in a table"),
    { { "table", N_ ("Table"), HUB_PARAM_TABLE, "" },
      { "default", N_ ("Otherwise"), HUB_PARAM_TEXT, NULL } } },
  { "default", N_ ("Use instead of a blank"), { { "value", N_ ("Value"), HUB_PARAM_TEXT, NULL } } },
  { "boolean", N_ ("Yes or no"), { { 0 } } },
  { "md5", N_ ("MD5 fingerprint"), { { 0 } } },
  { 0 },
};

const HubStepKind *hub_step_kinds (void) {
  return kinds;
}
