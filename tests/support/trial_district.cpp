#include "tests/support/trial_district.hpp"

#include "shared/base/time.hpp"
#include "tests/support/source_tree.hpp"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <thread>

namespace cunzheng::test {
namespace {

constexpr auto command_deadline = std::chrono::minutes(2);

struct Village {
  const char* full_name;
  const char* short_name;
  const char* code12;
  const char* credit_code;
  const char* handler;
  const char* head;
  const char* keeper;
};

const std::map<std::string, Village>& villages() {
  static const std::map<std::string, Village> all{{"v1",
                                                   {"天津市示范区示范镇示范甲村村民委员会", "示范甲村", "120199101201",
                                                    "54120199TX000001XX", "测试壬", "演示子", "演示丑"}},
                                                  {"v2",
                                                   {"天津市示范区示范镇示范乙村村民委员会", "示范乙村", "120199101202",
                                                    "54120199TX0000028X", "演示巳", "测试辛", "测试戊"}}};
  return all;
}

CivilDate today() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return local_date(Instant{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()});
}

std::string a_year_ago() { return (today() + -365).text(); }

json::object object_in(const std::string& text) {
  auto value = codec::parse_json(text, 256U << 20);
  return value && value->is_object() ? value->get_object() : json::object{};
}

std::string joined(const Process::Arguments& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

void add(Process::Arguments& to, const Process::Arguments& more) { to.insert(to.end(), more.begin(), more.end()); }

json::value shipped(const std::string& name) {
  auto value = codec::parse_json(tree_text("deploy/data/" + name));
  if (!value) throw TrialFailed("no data file " + name);
  return *std::move(value);
}

// The first line of a program that has just been started: what it says when it is ready.
json::object ready_line(Process& process, const std::string& what) {
  const auto line = process.read_line(std::chrono::seconds(60));
  if (line) return object_in(*line);
  throw TrialFailed(what + " did not start: " + process.finish(std::chrono::seconds(5)).err);
}

}  // namespace

// ---------------------------------------------------------------- Party

Party::Party(std::filesystem::path program, std::filesystem::path store, Process::Arguments always)
    : program_(std::move(program)), store_(std::move(store)), always_(std::move(always)) {}

Process::Arguments Party::words(Process::Arguments command) const {
  add(command, {"--store", store_.string(), "--json", "--lang", "en"});
  add(command, always_);
  return command;
}

Told Party::tell(Process::Arguments command, std::string_view input) const {
  const auto said = joined(command);
  Process process(program_, words(std::move(command)));
  process.write(input);
  const auto finished = process.finish(command_deadline);
  Told told{finished.exit_code, {}, {}};
  if (finished.exit_code == 0) {
    told.data = object_in(finished.out);
    return told;
  }
  const auto error = object_in(finished.err);
  if (const auto* inner = error.if_contains("error"); inner != nullptr && inner->is_object())
    told.error = inner->get_object();
  if (told.error.empty()) told.error = {{"code", "none"}, {"what", said + ": " + finished.out + finished.err}};
  return told;
}

json::object Party::ask(Process::Arguments command, std::string_view input) const {
  const auto said = joined(command);
  auto told = tell(std::move(command), input);
  if (told.exit_code != 0) throw TrialFailed(said + ": " + json::serialize(told.error));
  return std::move(told.data);
}

Process Party::start(Process::Arguments command) const { return Process(program_, words(std::move(command))); }

Process Party::start_with(const Process::Arguments& environment, Process::Arguments command) const {
  auto arguments = environment;
  arguments.push_back(program_.string());
  add(arguments, words(std::move(command)));
  return Process("/usr/bin/env", arguments);
}

// ---------------------------------------------------------------- TrialLaptop

Process::Arguments TrialLaptop::issue_command(const Process::Arguments& more) const {
  const auto& village = villages().at(body_);
  const auto secrets = party_.store().parent_path() / "secrets";
  Process::Arguments command{"issue",
                             "--handler",
                             village.handler,
                             "--handler-passphrase-file",
                             (secrets / village.handler).string(),
                             "--head",
                             village.head,
                             "--head-passphrase-file",
                             (secrets / village.head).string(),
                             "--seal-keeper",
                             village.keeper};
  add(command, more);
  return command;
}

Told TrialLaptop::issue(const json::object& application, Process::Arguments more) const {
  add(more, {"--input", "-"});
  return party_.tell(issue_command(more), json::serialize(application));
}

void TrialLaptop::sync() const { party_.ask({"sync", "--once"}); }

std::size_t TrialLaptop::certificates() const {
  return party_.ask({"register", "certificate"}).at("rows").get_array().size();
}

void TrialLaptop::start() {
  running_ = std::make_unique<Process>(party_.start({"sync"}));
  ready_line(*running_, party_.store().filename().string());
}

Finished TrialLaptop::stop(int signal) {
  running_->signal(signal);
  auto finished = running_->finish(std::chrono::seconds(30));
  running_.reset();
  return finished;
}

pid_t TrialLaptop::process_id() const { return running_->id(); }

// ---------------------------------------------------------------- TrialDistrict

TrialDistrict::TrialDistrict(std::filesystem::path folder, std::filesystem::path programs)
    : folder_(std::move(folder)),
      programs_(std::move(programs)),
      hub_(programs_ / "cunzheng-hub", folder_ / "hub", {}) {
  std::filesystem::create_directories(folder_ / "secrets");
  const auto root_key = (folder_ / "root.key").string();
  const auto root_passphrase = passphrase("root").string();
  hub_.ask({"init", "--district", "示范区", "--host", "127.0.0.1", "--root-key", root_key, "--root-passphrase-file",
            root_passphrase});
  for (const char* name : {"演示午", "演示未"}) {
    hub_.ask({"officer", "add", "--name", name, "--officer-passphrase-file", passphrase(name).string(), "--root-key",
              root_key, "--root-passphrase-file", root_passphrase});
  }
}

TrialDistrict::~TrialDistrict() = default;

void TrialDistrict::serve(Process::Arguments more, const Process::Arguments& environment) {
  Process::Arguments command{"serve", "--listen", "127.0.0.1:" + std::to_string(port_)};
  add(command, more);
  serving_ = std::make_unique<Process>(environment.empty() ? hub_.start(std::move(command))
                                                           : hub_.start_with(environment, std::move(command)));
  const auto listening = text_at(ready_line(*serving_, "the hub"), "listening");
  port_ = static_cast<std::uint16_t>(std::stoi(listening.substr(listening.rfind(':') + 1)));
}

Finished TrialDistrict::stop_hub(int signal) {
  serving_->signal(signal);
  auto finished = serving_->finish(std::chrono::seconds(30));
  serving_.reset();
  return finished;
}

Finished TrialDistrict::wait_for_hub() {
  auto finished = serving_->finish(std::chrono::seconds(60));
  serving_.reset();
  return finished;
}

pid_t TrialDistrict::hub_process_id() const { return serving_->id(); }

std::filesystem::path TrialDistrict::passphrase(const std::string& whose) {
  auto file = folder_ / "secrets" / whose;
  if (!std::filesystem::exists(file)) std::ofstream(file) << "a passphrase of " << whose << " alone\n";
  return file;
}

std::filesystem::path TrialDistrict::data_file(const std::string& name, const json::value& content) const {
  auto file = folder_ / name;
  std::ofstream(file) << json::serialize(content);
  return file;
}

Process::Arguments TrialDistrict::signed_by_both() const {
  const auto secrets = folder_ / "secrets";
  return {"--officer1", "演示午", "--officer1-passphrase-file", (secrets / "演示午").string(),
          "--officer2", "演示未", "--officer2-passphrase-file", (secrets / "演示未").string()};
}

void TrialDistrict::publish_all() {
  for (const auto& [kind, name] : std::map<std::string, std::string>{
           {"calendar", "calendar.json"}, {"quorums", "quorums.json"}, {"forms", "commitment-trial.json"}}) {
    const auto file = data_file(name, shipped(name));
    Process::Arguments command{kind, "publish", "--file", file.string(), "--effective-from", a_year_ago()};
    add(command, signed_by_both());
    hub_.ask(std::move(command));
  }
  const auto catalogue = publish_catalogue(7);
  if (catalogue.exit_code != 0) throw TrialFailed(json::serialize(catalogue.error));
  add_villages();
}

void TrialDistrict::add_villages() {
  for (const auto& [body, village] : villages()) {
    hub_.ask({"body", "add", "--body", body, "--full-name", village.full_name, "--short-name", village.short_name,
              "--code12", village.code12, "--credit-code", village.credit_code, "--from", a_year_ago()});
  }
}

// Revision 7 as shipped; any other is the trial revision, which withdraws an item, under that number.
Told TrialDistrict::publish_catalogue(std::uint32_t revision) {
  auto catalogue = shipped(revision == 7 ? "catalogue-7.json" : "catalogue-8-trial.json");
  auto& object = catalogue.get_object();
  object["revision"] = revision;
  object["effective_from"] = (today() + (revision == 7 ? -180 : -1)).text();
  if (revision != 7) {
    for (auto& item : object["issuable"].get_array()) {
      if (item.at("id") == "community-participation") item.get_object()["in_force_to"] = (today() + -2).text();
    }
  }
  Process::Arguments command{"catalogue", "publish", "--file", data_file("catalogue.json", catalogue).string()};
  add(command, signed_by_both());
  return hub_.tell(std::move(command));
}

std::string TrialDistrict::new_code(const std::string& body, Process::Arguments more) const {
  Process::Arguments command{"enrolment", "new", "--body", body};
  add(command, more);
  return text_at(hub_.ask(std::move(command)), "code");
}

Party TrialDistrict::laptop_party(const std::string& name) {
  return Party(programs_ / "cunzheng", folder_ / name, {"--passphrase-file", passphrase("laptop-" + name).string()});
}

TrialLaptop TrialDistrict::enrol(const std::string& name, const std::string& body, std::optional<std::string> address) {
  auto party = laptop_party(name);
  party.ask(
      {"enrol", "--hub", address.value_or(this->address()), "--code", new_code(body), "--body", body, "--label", name});
  return TrialLaptop(std::move(party), body);
}

void TrialDistrict::staff(const TrialLaptop& laptop) {
  const auto& village = villages().at(laptop.body());
  for (const char* name : {village.handler, village.head, village.keeper}) {
    laptop.ask({"officer", "add", "--name", name, "--officer-passphrase-file", passphrase(name).string()});
  }
  laptop.sync();
  for (const auto& [name, post] : {std::pair(village.handler, "handler"), std::pair(village.head, "head"),
                                   std::pair(village.keeper, "seal_keeper")}) {
    hub_.ask({"appoint", "--body", laptop.body(), "--officer", name, "--post", post, "--from", a_year_ago()});
  }
  laptop.sync();
}

void TrialDistrict::carry_keys(const TrialLaptop& from, const TrialLaptop& to) const {
  std::filesystem::create_directories(to.party().store() / "officers");
  std::filesystem::permissions(to.party().store() / "officers", std::filesystem::perms::owner_all);
  std::filesystem::copy(from.party().store() / "officers", to.party().store() / "officers");
}

json::array TrialDistrict::rows(const std::string& kind, const std::string& body) const {
  Process::Arguments command{"register", kind, "--reader", "full"};
  if (!body.empty()) add(command, {"--body", body});
  return hub_.ask(std::move(command)).at("rows").get_array();
}

json::array TrialDistrict::findings() const { return hub_.ask({"findings"}).at("findings").get_array(); }

// ---------------------------------------------------------------- small things

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // between two looks
  }
  return true;
}

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t number_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : -1;
}

std::vector<std::string> acknowledged(std::string_view lines) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from < lines.size();) {
    const auto end = std::min(lines.find('\n', from), lines.size());
    const auto number = text_at(object_in(std::string(lines.substr(from, end - from))), "machine_number");
    if (!number.empty()) out.push_back(number);
    from = end + 1;
  }
  return out;
}

std::vector<std::string> machine_numbers(const json::array& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows) out.push_back(text_at(row.get_object(), "machine_number"));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace cunzheng::test
