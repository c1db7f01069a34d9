/* SPDX-License-Identifier: Apache-2.0 */

/**
 * What a router can be trained from: what was known, what was chosen and how likely, what came of
 * it, and what was known next.
 *
 * <p>{@link dev.arbiter.tracker.training.EpisodeRecorder} listens to an Arbiter, {@link
 * dev.arbiter.tracker.training.TrainingExport} writes what passes its {@link
 * dev.arbiter.tracker.training.BatchQuality} and reads it back.
 */
@NullMarked
package dev.arbiter.tracker.training;

import org.jspecify.annotations.NullMarked;
