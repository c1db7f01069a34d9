/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Training data for routers: states, choices with their probabilities, rewards and next states.
 *
 * <p>{@link dev.arbiter.tracker.training.EpisodeRecorder} listens to an Arbiter; {@link
 * dev.arbiter.tracker.training.TrainingExport} writes steps that pass {@link
 * dev.arbiter.tracker.training.BatchQuality}; {@link dev.arbiter.tracker.training.TrainingSet}
 * reads them back.
 */
@NullMarked
package dev.arbiter.tracker.training;

import org.jspecify.annotations.NullMarked;
