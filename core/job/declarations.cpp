#include "core/job/declarations.h"

#include <iterator>

namespace leat::job {

using T = OptionType;

OptionDeclaration OptionDeclaration::by_default(std::string text) && {
  default_text = std::move(text);
  has_default = true;
  return std::move(*this);
}
OptionDeclaration OptionDeclaration::required() && {
  is_required = true;
  return std::move(*this);
}
OptionDeclaration OptionDeclaration::not_built() && {
  is_built = false;
  return std::move(*this);
}
OptionDeclaration OptionDeclaration::built_if(bool built) && {
  is_built = built;
  return std::move(*this);
}
OptionDeclaration OptionDeclaration::at_least(std::int64_t bound) && {
  least = bound;
  return std::move(*this);
}
OptionDeclaration OptionDeclaration::between(std::int64_t low, std::int64_t high) && {
  least = low;
  most = high;
  return std::move(*this);
}
OptionDeclaration OptionDeclaration::or_single() && {
  may_be_single = true;
  return std::move(*this);
}
OptionDeclaration OptionDeclaration::negative_too() && {
  may_be_negative = true;
  return std::move(*this);
}
OptionDeclaration OptionDeclaration::choices_not_built(std::vector<std::string> names) && {
  unbuilt_choices = std::move(names);
  return std::move(*this);
}
OptionDeclaration OptionDeclaration::or_section(std::vector<OptionDeclaration> inner) && {
  options = std::move(inner);
  return std::move(*this);
}

OptionDeclaration option(OptionType type, std::string name, std::string help) {
  OptionDeclaration made;
  made.name = std::move(name);
  made.type = type;
  made.help = std::move(help);
  return made;
}

OptionDeclaration choice(std::string name, std::vector<std::string> choices, std::string help) {
  OptionDeclaration made = option(T::kEnum, std::move(name), std::move(help));
  made.choices = std::move(choices);
  return made;
}

OptionDeclaration section(std::string name, std::vector<OptionDeclaration> options,
                          std::string help) {
  OptionDeclaration made = option(T::kSection, std::move(name), std::move(help));
  made.options = std::move(options);
  return made;
}

OptionDeclaration variants(std::string name, std::string discriminator,
                           std::vector<TypeDeclaration> forms, std::string help) {
  OptionDeclaration made = option(T::kVariants, std::move(name), std::move(help));
  made.discriminator = std::move(discriminator);
  made.variants = std::move(forms);
  return made;
}

std::vector<OptionDeclaration> operator+(std::vector<OptionDeclaration> a,
                                         std::vector<OptionDeclaration> b) {
  a.insert(a.end(), std::make_move_iterator(b.begin()), std::make_move_iterator(b.end()));
  return a;
}

namespace {

OptionDeclaration durability() {
  OptionDeclaration replicated = section(
      "replicated",
      {option(T::kInteger, "peers", "Copies on other agents.").by_default("1").between(1, 16),
       choice("when_alone", {"block", "power"}, "What holds while no peer can be reached.")
           .by_default("block")},
      "Survives the loss of the device.");
  return choice("durability", {"process", "power"},
                "What an accepted reading survives: a crash of the process, or a power cut.")
      .by_default("power")
      .or_section({std::move(replicated).required().not_built()});
}

OptionDeclaration checkpoint() {
  return section(
      "checkpoint",
      {option(T::kDuration, "interval", "Time between checkpoints.").by_default("10s").at_least(1),
       option(T::kDuration, "timeout", "A checkpoint that takes longer is given up.")
           .by_default("1m")
           .at_least(1),
       option(T::kDuration, "min_pause", "Least time from the end of one to the next.")
           .by_default("0s"),
       option(T::kInteger, "tolerable_failures", "So many in a row fail the job.").by_default("3"),
       option(T::kSize, "max_pending", "A checkpoint is taken early at so much.")
           .by_default("8MiB")
           .at_least(1)},
      "Snapshots of the state, from which a job goes on.");
}

OptionDeclaration state() {
  return section("state",
                 {choice("backend", {"memory", "sqlite"}, "Where the working state lives.")
                      .by_default("memory")
                      .choices_not_built({"sqlite"}),
                  option(T::kDuration, "ttl",
                         "User state of process, reduce and lookup that is older is forgotten. "
                         "Never windows, timers or dedupe keys.")
                      .at_least(1)
                      .not_built(),
                  choice("ttl_update", {"create", "access"}, "What the age is counted from.")
                      .by_default("access")},
                 "The state of the operators.");
}

OptionDeclaration restart() {
  std::vector<TypeDeclaration> strategies = {
      {"exponential_delay",
       "waits longer after every failure, without end",
       true,
       {option(T::kDuration, "initial", "The first wait.").by_default("1s").at_least(1),
        option(T::kDuration, "max", "The longest wait.").by_default("5m").at_least(1)}},
      {"none", "the first failure fails the job", false, {}},
      {"fixed_delay",
       "the same wait every time",
       false,
       {option(T::kDuration, "delay", "The wait.").by_default("1s"),
        option(T::kInteger, "attempts", "Restarts before the job fails.")
            .by_default("10")
            .at_least(1)}},
      {"failure_rate",
       "gives up when failures come too often",
       false,
       {option(T::kInteger, "failures", "So many within `interval` fail the job.")
            .by_default("3")
            .at_least(1),
        option(T::kDuration, "interval", "The time over which failures are counted.")
            .by_default("10m")
            .at_least(1),
        option(T::kDuration, "delay", "The wait before a restart.").by_default("1s")}},
  };
  return variants("restart", "strategy", std::move(strategies), "What happens when a task fails.")
      .by_default("exponential_delay");
}

}  // namespace

std::vector<OptionDeclaration> declare_settings() {
  return {
      option(T::kInteger, "parallelism", "Subtasks of every transform that does not say its own.")
          .by_default("1")
          .between(1, 128),
      choice("delivery", {"exactly_once", "at_least_once"},
             "What the sinks promise, unless a sink says its own.")
          .by_default("exactly_once"),
      durability(),
      checkpoint(),
      state(),
      restart(),
      section("failover",
              {option(T::kDuration, "after", "How long an agent may be silent.")
                   .required()
                   .at_least(1)},
              "Unpinned subtasks of an agent that stays silent are placed elsewhere.")
          .not_built(),
  };
}

std::vector<OptionDeclaration> declare_common() {
  return {
      option(T::kInteger, "parallelism", "Subtasks of this node.").between(1, 128),
      section("placement",
              {option(T::kPairs, "labels", "Labels that the agents must have."),
               option(T::kBoolean, "per_device", "One subtask on every agent with those labels.")
                   .by_default("false")},
              "The agents that the node may run on.")
          .not_built(),
      section("on_offline",
              {option(T::kDuration, "after", "Counts from the agent's offline status.")
                   .by_default("5m"),
               choice("then", {"wait", "proceed"}, "Wait for the agent, or mark its channel idle.")
                   .by_default("wait")},
              "What a node does when an agent that it reads from goes away.")
          .not_built(),
      choice("on_error", {"skip", "fail"},
             "What a bad row does: it goes to `<node>.errors`, or it fails the job.")
          .by_default("skip"),
  };
}

Declarations make_declarations() {
  return {declare_settings(), declare_sources(), declare_transforms(), declare_sinks()};
}

}  // namespace leat::job
