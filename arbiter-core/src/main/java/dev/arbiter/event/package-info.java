/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The events of Arbiter: one record for each step of a task and each change of an agent.
 *
 * <p>Tracking, health and metrics are listeners of this stream.
 */
@NullMarked
package dev.arbiter.event;

import org.jspecify.annotations.NullMarked;
