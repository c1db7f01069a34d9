/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the timings are doing; every count is since they were opened.
 *
 * @param keptAside where a damaged file was put when it was read, empty if it was sound
 * @param problem what was wrong with it, empty if nothing
 * @param skipped entries of the file that made no sense
 * @param saves times the file was written
 * @param failedSaves times it could not be
 * @param forgotten pairs of agent and command line given up because there were too many
 */
public record TimingsState(
    Optional<Path> keptAside,
    String problem,
    int skipped,
    long saves,
    long failedSaves,
    long forgotten) {}
