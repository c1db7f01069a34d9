/* SPDX-License-Identifier: Apache-2.0 */

/** Decides between agents that disagree, on scripted agents and on recorded answers. */
@NullMarked
package dev.arbiter.example.panel;

import org.jspecify.annotations.NullMarked;
