/* SPDX-License-Identifier: Apache-2.0 */

/**
 * What Arbiter tells of itself: one record for each step of a task and each change of an agent.
 *
 * <p>Tracking, learning, health and metrics are all listeners of this stream.
 */
@NullMarked
package dev.arbiter.event;

import org.jspecify.annotations.NullMarked;
