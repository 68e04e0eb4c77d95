/*
 * hooks.h
 *		Put the scans into the planner's hooks.
 */
#ifndef DETMETA_HOOKS_H
#define DETMETA_HOOKS_H

extern void detmeta_install_hooks(void);

#endif							/* DETMETA_HOOKS_H */
