/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * From argv to the one command that it names, or to what is wrong with it. The exit status.
 */
int dispatch(int argc, char **argv);
