/*
 * part_path.h
 *		Have the planner read parts of explorations from indexes.
 */
#ifndef DETMETA_EXPLORE_PART_PATH_H
#define DETMETA_EXPLORE_PART_PATH_H

extern void detmeta_install_part_hook(void);

#endif							/* DETMETA_EXPLORE_PART_PATH_H */
