/* SPDX-License-Identifier: Apache-2.0 */

/** Replays recorded outcomes of real agents through the whole engine. */
@NullMarked
package dev.arbiter.example.replay;

import org.jspecify.annotations.NullMarked;
