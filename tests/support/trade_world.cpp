#include "tests/support/trade_world.hpp"

#include "client/command_table.hpp"
#include "client/enrol.hpp"
#include "hub/officers.hpp"
#include "shared/base/verify.hpp"
#include "sync/program/files.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace cunzheng::test {
namespace {

namespace fs = std::filesystem;
namespace json = program::json;

std::uint64_t seed_of(std::string_view name) {
  std::uint64_t seed = 20260511;
  for (const char c : name) seed = seed * 131 + static_cast<unsigned char>(c);
  return seed;
}

fs::path place_in_memory() {
  const fs::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
}

const auto cheapest = crypto::Argon2Cost::for_tests();

}  // namespace

// What ends when the hub's program ends.
struct TradeWorld::HubProgram {
  HubProgram(TradeWorld& world, Hub& place, std::unique_ptr<store::EntryStore> disk);

  registers::MemRowStore* rows = nullptr;  // the projector's
  std::unique_ptr<cunzheng::hub::Hub> hub;
  program::SlowWorker slow;
  cunzheng::hub::Workplace workplace;
  program::Commands commands;
};

// What stays: keys, chance, folder, clock.
struct TradeWorld::Hub {
  Hub(const Instant& now, fs::path store_folder)
      : clock(now), folder(std::move(store_folder)), root(crypto::make_key_pair(random)), identity(make_identity()) {}

  cunzheng::hub::Identity make_identity() {
    const auto hub_id = draw<16>(random);
    return {"示范区",
            "hub.example.cn",
            hub_id,
            root.public_key,
            crypto::make_key_pair(random),
            {},
            crypto::SymmetricKey::draw(random),
            crypto::SymmetricKey::draw(random)};
  }

  PlaceClock clock;
  SeededRandom random{seed_of("hub")};
  fs::path folder;
  crypto::KeyPair root;
  cunzheng::hub::Identity identity;
  std::vector<program::CommandSpec> specs = cunzheng::hub::command_specs();
  std::unique_ptr<HubProgram> program;
};

TradeWorld::HubProgram::HubProgram(TradeWorld& world, Hub& place, std::unique_ptr<store::EntryStore> disk)
    : slow([&loop = world.loop_](std::function<void()> job) { loop.post(std::move(job)); }),
      workplace{world.loop_,
                *[&] {
                  auto table = std::make_unique<registers::MemRowStore>();
                  rows = table.get();
                  hub = std::make_unique<cunzheng::hub::Hub>(world.loop_, place.identity, std::move(disk),
                                                             std::move(table), place.clock, place.random, world.log_);
                  return hub.get();
                }(),
                place.identity,
                place.folder,
                slow,
                place.clock,
                place.random,
                [] { return std::nullopt; },
                cheapest} {
  cunzheng::hub::add_commands(commands, workplace);
  hub->outside.grew = [&network = world.network_](const cunzheng::hub::Growth& growth) { network.hub_grew(growth); };
}

struct TradeWorld::Laptop {
  Laptop(const Instant& now, const std::string& name, fs::path store_folder)
      : clock(now), random(seed_of(name)), folder(std::move(store_folder)) {}

  PlaceClock clock;
  SeededRandom random;
  fs::path folder;
  client::Enrolment enrolment;
  crypto::SymmetricKey data_key = crypto::SymmetricKey::draw(random);
  crypto::KeyPair device = crypto::make_key_pair(random);
  std::unique_ptr<client::App> app;
};

// ---------------------------------------------------------------- founding

TradeWorld::TradeWorld(Instant founded) : folder_(place_in_memory()), now_(founded) {
  hub_ = std::make_unique<Hub>(now_, folder_.path() / "hub");
  VERIFY(program::make_private_folder(hub_->folder).has_value());
  // What hub::init does, on a disk of memory and without a certificate for TLS.
  const auto phrase = program::Passphrase::from_file(passphrase_file("root"));
  VERIFY(phrase.has_value());
  auto slot = program::make_own_slot("示范区", *phrase, hub_->root.secret.seed(), hub_->random, cheapest);
  VERIFY(slot.has_value());
  VERIFY(program::write_officer_file(root_key_file(), {hub_->root.public_key, *std::move(slot)}).has_value());
  auto disk = std::make_unique<store::MemStore>();
  const auto words = cunzheng::hub::first_words(hub_->identity, hub_->root.secret, now_, hub_->random);
  VERIFY(disk->append(words).has_value());
  VERIFY(open_hub(std::move(disk)).has_value());
}

TradeWorld::~TradeWorld() {
  settle();
  network_.hub = nullptr;
  laptops_.clear();
  hub_.reset();
}

Status TradeWorld::open_hub(std::unique_ptr<store::EntryStore> disk) {
  network_.hub = nullptr;
  hub_->program.reset();
  hub_->program = std::make_unique<HubProgram>(*this, *hub_, std::move(disk));
  CHECK(hub_->program->hub->load());
  network_.hub = hub_->program->hub.get();
  network_.hub_clock = &hub_->clock;
  return {};
}

Status TradeWorld::open_laptop(Laptop& laptop, std::unique_ptr<store::EntryStore> disk) {
  laptop.app.reset();
  const auto make_link = [this, &laptop](link::ConnectorOptions options, link::Host& host) {
    return make_memory_link(network_, laptop.clock, std::move(options), host);
  };
  client::OpenedStore store{laptop.folder, laptop.enrolment, laptop.data_key.copy(),
                            crypto::key_pair_from_seed(laptop.device.secret.seed()), std::move(disk)};
  TRY(laptop.app, client::App::open(std::move(store), {loop_, laptop.clock, laptop.random, log_, make_link, cheapest}));
  return {};
}

Status TradeWorld::enrol(const std::string& name, const std::string& body, const std::string& label) {
  auto laptop = std::make_unique<Laptop>(now_, name, folder_.path() / ("laptop-" + name));
  CHECK(program::make_private_folder(laptop->folder));
  auto& slips = hub_->program->hub->slips;
  // The slip, and the laptop that shows it knows the code. How both prove it is the enrolment tests' business; it
  // takes a second by intent.
  const auto code = slips.draw_code();
  std::optional<Result<Instant>> until;
  slips.make({code, crypto::SymmetricKey::draw(hub_->random)}, body, label, sync::slip_valid_ms,
             [&](Result<Instant> result) { until = std::move(result); });
  CHECK(finish(until));
  std::optional<Result<Bytes>> granted;
  slips.grant({code.locator(), body, {laptop->device.public_key, label, body, {}}},
              [&](Result<Bytes> result) { granted = std::move(result); });
  TRY(const auto grant, finish(granted));
  laptop->enrolment.hub = "hub.example.cn";
  laptop->enrolment.hub_id = hub_->identity.hub_id;
  TRY(laptop->enrolment.grant, codec::decode<program::Grant>(grant));
  laptop->enrolment.device_key = laptop->device.public_key;

  auto disk = std::make_unique<store::MemStore>();
  CHECK(client::open_journal(*disk, laptop->enrolment, std::nullopt,
                             crypto::key_pair_from_seed(laptop->device.secret.seed()),
                             {loop_, laptop->clock, laptop->random, log_}));
  CHECK(open_laptop(*laptop, std::move(disk)));
  laptops_[name] = std::move(laptop);
  return {};
}

// ---------------------------------------------------------------- running

// Jobs of a store thread may post to the loop, and the loop's may hand jobs to a store thread: quiet is when neither
// did anything in one round. Only then is the next frame delivered, so that threads have no say in what comes first.
void TradeWorld::settle() {
  const auto nothing = [](store::EntryStore&) {};
  do {
    if (hub_ && hub_->program) hub_->program->hub->store().run_and_wait(nothing);
    for (const auto& [name, laptop] : laptops_) {
      if (laptop->app) laptop->app->store().run_and_wait(nothing);
    }
  } while (loop_.run_ready() > 0);
}

template <class T>
Result<T> TradeWorld::finish(std::optional<Result<T>>& answer) {
  settle();
  while (!answer && !network_.under_way.empty()) {
    const auto next = std::move(network_.under_way.front());
    network_.under_way.pop_front();
    next();
    settle();
  }
  // Only a passphrase being stretched is waited for.
  constexpr std::int64_t slow_ms_max = 60'000;
  if (!loop_.run_until([&] { return answer.has_value(); }, loop_.now() + slow_ms_max)) {
    return fail(FailureCode::unavailable, {"没有回答", "no answer"});
  }
  settle();
  return *std::move(answer);
}

Result<program::Reply> TradeWorld::run(const std::string& place, const std::string& command, json::object arguments) {
  std::optional<Result<program::Reply>> answer;
  const auto& commands = place == hub_place ? hub_->program->commands : at(place).app->commands();
  commands.run(command, std::move(arguments), [&](Result<program::Reply> reply) { answer = std::move(reply); });
  return finish(answer);
}

const std::vector<program::CommandSpec>& TradeWorld::commands_of(const std::string& place) const {
  return place == hub_place ? hub_->specs : client::command_table();
}

Result<program::Reply> TradeWorld::sync(const std::string& laptop, std::optional<std::size_t> cut_after) {
  network_.cut_after = cut_after;
  return run(laptop, "sync", {});
}

Status TradeWorld::restart(const std::string& place) {
  auto disk = copy_of_disk(place);
  return place == hub_place ? open_hub(std::move(disk)) : open_laptop(at(place), std::move(disk));
}

void TradeWorld::save(const std::string& place, const std::string& name) {
  saved_[place + "/" + name] = copy_of_disk(place);
}

Status TradeWorld::restore(const std::string& place, const std::string& name) {
  const auto found = saved_.find(place + "/" + name);
  if (found == saved_.end()) return fail(FailureCode::not_found, {"没有这份备份", "no such copy"}, name);
  settle();
  auto disk = found->second->clone();
  return place == hub_place ? open_hub(std::move(disk)) : open_laptop(at(place), std::move(disk));
}

void TradeWorld::carry_officers(const std::string& from, const std::string& to) {
  const auto source = at(from).folder / program::officer_folder_name;
  fs::copy(source, at(to).folder / program::officer_folder_name,
           fs::copy_options::recursive | fs::copy_options::overwrite_existing);
}

void TradeWorld::set_ahead(const std::string& place, std::int64_t ms) {
  auto& clock = place == hub_place ? hub_->clock : at(place).clock;
  clock.ahead_ms = ms;
}

// ---------------------------------------------------------------- files

std::string TradeWorld::write_file(const std::string& name, const std::string& text) {
  const auto path = folder_.path() / name;
  std::ofstream(path, std::ios::binary) << text;
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  return path.string();
}

std::string TradeWorld::passphrase_file(const std::string& whose) {
  auto& file = phrase_files_[whose];
  if (file.empty()) {
    file = write_file("phrase-" + std::to_string(phrase_files_.size()), "eight plain words of " + whose + "\n");
  }
  return file;
}

std::string TradeWorld::root_key_file() const { return (folder_.path() / "root.key").string(); }

// ---------------------------------------------------------------- looking

bool TradeWorld::has(const std::string& place) const { return place == hub_place || laptops_.contains(place); }

std::vector<std::string> TradeWorld::laptops() const {
  std::vector<std::string> names;
  for (const auto& [name, laptop] : laptops_) names.push_back(name);
  return names;
}

TradeWorld::Laptop& TradeWorld::at(const std::string& name) {
  const auto found = laptops_.find(name);
  if (found == laptops_.end()) std::fprintf(stderr, "no such place: %s\n", name.c_str());
  VERIFY(found != laptops_.end());
  return *found->second;
}
const TradeWorld::Laptop& TradeWorld::at(const std::string& name) const {
  return const_cast<TradeWorld*>(this)->at(name);
}

const std::string& TradeWorld::body_of(const std::string& laptop) const { return at(laptop).enrolment.grant.body; }
client::App& TradeWorld::laptop(const std::string& name) { return *at(name).app; }
cunzheng::hub::Hub& TradeWorld::hub() { return *hub_->program->hub; }
registers::MemRowStore& TradeWorld::hub_rows() { return *hub_->program->rows; }

store::MemStore& TradeWorld::disk(const std::string& place) {
  settle();
  store::MemStore* found = nullptr;
  auto& thread = place == hub_place ? hub().store() : laptop(place).store();
  thread.run_and_wait([&](store::EntryStore& store) { found = &dynamic_cast<store::MemStore&>(store); });
  return *found;
}

std::unique_ptr<store::MemStore> TradeWorld::copy_of_disk(const std::string& place) { return disk(place).clone(); }

}  // namespace cunzheng::test
