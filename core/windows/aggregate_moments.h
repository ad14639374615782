// Averages of bigint, variances and standard deviations. Private to this folder.
#pragma once

#include <memory>

#include "core/windows/aggregate_state.h"

namespace leat::windows {

// avg(bigint): the exact 128-bit sum and the number of values, rounded once to a double and
// divided.
std::unique_ptr<AggregateState> make_wide_average(std::size_t input);

// var_pop, var_samp, stddev_pop, stddev_samp: count, mean and sum of squared differences, kept up
// by Welford (Technometrics 4/3, 1962) and merged by Chan, Golub and LeVeque (COMPSTAT 1982). The
// samp forms of a single value are null.
std::unique_ptr<AggregateState> make_moments(std::size_t input, data::Kind kind);

}  // namespace leat::windows
