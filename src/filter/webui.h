/*
 * webui.h
 *		The WebUI's JSON.
 */
#ifndef DETMETA_FILTER_WEBUI_H
#define DETMETA_FILTER_WEBUI_H

#include "filter/build.h"

extern FilterNode *detmeta_filter_parse_webui(const char *text);

#endif							/* DETMETA_FILTER_WEBUI_H */
