/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Lets a second router decide for a share of the tasks, and takes it back as soon as it is
 * certainly worse: {@link dev.arbiter.routing.rollout.Rollout}.
 */
@NullMarked
package dev.arbiter.routing.rollout;

import org.jspecify.annotations.NullMarked;
