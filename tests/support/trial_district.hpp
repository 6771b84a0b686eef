#pragma once
// A district on this machine for tests and benches: a real hub and real laptops, told what to do by their command lines
// with --json, each with a store folder of its own below one folder. Ends what it started. What goes wrong where
// nothing may go wrong is thrown (TrialFailed), so that the programs end with the test.

#include "tests/support/papers.hpp"
#include "tests/support/process.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace cunzheng::test {

struct TrialFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Told {
  int exit_code = -1;
  json::object data;   // the reply; empty after a failure
  json::object error;  // code, what, field, rule; empty after a reply
};

// A program with its store folder.
class Party {
 public:
  // `always`: options that every command gets besides --store and --json.
  Party(std::filesystem::path program, std::filesystem::path store, Process::Arguments always);

  const std::filesystem::path& store() const { return store_; }
  // The words of a command line with what belongs to every command behind them.
  Process::Arguments words(Process::Arguments command) const;

  Told tell(Process::Arguments command, std::string_view input = {}) const;
  // A reply is certain.
  json::object ask(Process::Arguments command, std::string_view input = {}) const;
  // Does not wait for its end.
  Process start(Process::Arguments command) const;
  // The same with `environment` ("LD_PRELOAD=...") for that program alone.
  Process start_with(const Process::Arguments& environment, Process::Arguments command) const;

 private:
  std::filesystem::path program_;
  std::filesystem::path store_;
  Process::Arguments always_;
};

class TrialDistrict;

// A laptop of village v1 or v2.
class TrialLaptop {
 public:
  const Party& party() const { return party_; }
  const std::string& body() const { return body_; }

  Told tell(Process::Arguments command, std::string_view input = {}) const {
    return party_.tell(std::move(command), input);
  }
  json::object ask(Process::Arguments command, std::string_view input = {}) const {
    return party_.ask(std::move(command), input);
  }

  // By the village's handler and head, whose keys are here, sealed by its keeper.
  Told issue(const json::object& application, Process::Arguments more = {}) const;
  // `issue` with the options by which handler and head sign, and `more`: {"--input", "-"}, {"--batch", file}.
  Process::Arguments issue_command(const Process::Arguments& more) const;
  void sync() const;                 // once; in step, or thrown
  std::size_t certificates() const;  // in its register, of the whole village

  // As a running program, which takes commands through its control socket and stays connected.
  void start();
  bool is_running() const { return running_ != nullptr; }
  Finished stop(int signal);
  pid_t process_id() const;

 private:
  friend class TrialDistrict;
  TrialLaptop(Party party, std::string body) : party_(std::move(party)), body_(std::move(body)) {}
  Party party_;
  std::string body_;
  std::unique_ptr<Process> running_;
};

class TrialDistrict {
 public:
  // A hub in `folder` with root and two officers, which does not serve yet.
  explicit TrialDistrict(std::filesystem::path folder, std::filesystem::path programs = program_folder());
  ~TrialDistrict();

  const std::filesystem::path& folder() const { return folder_; }
  const Party& hub() const { return hub_; }

  // On the same port each time; with `environment` for the hub alone.
  void serve(Process::Arguments more = {}, const Process::Arguments& environment = {});
  Finished stop_hub(int signal);
  Finished wait_for_hub();  // that ends by itself
  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  pid_t hub_process_id() const;

  // Publishes what the district has to say: shipped calendar, quorums and forms, in force for a year, and the shipped
  // catalogue 7. With two villages, v1 and v2.
  void publish_all();
  void add_villages();  // the villages alone, in a district with lists of its own
  // A catalogue with the days moved so that it is in force today; without its synthetic mark nothing else changes.
  Told publish_catalogue(std::uint32_t revision);
  // The options by which both officers of the district sign.
  Process::Arguments signed_by_both() const;

  std::string new_code(const std::string& body, Process::Arguments more = {}) const;
  // Enrols at `address`, or at the hub's own. The store folder has the laptop's name.
  TrialLaptop enrol(const std::string& name, const std::string& body, std::optional<std::string> address = {});
  // The party that would be this laptop, not enrolled.
  Party laptop_party(const std::string& name);
  // Makes keys of a handler, a head and a seal keeper on this laptop, has them appointed since a year, brings the laptop in step.
  void staff(const TrialLaptop& laptop);
  // The same people work at another laptop of the village.
  void carry_keys(const TrialLaptop& from, const TrialLaptop& to) const;

  json::array rows(const std::string& kind, const std::string& body = {}) const;  // of the hub's register
  json::array findings() const;

  std::filesystem::path passphrase(const std::string& whose);  // a file with a passphrase of their own

 private:
  std::filesystem::path data_file(const std::string& name, const json::value& content) const;

  std::filesystem::path folder_;
  std::filesystem::path programs_;
  Party hub_;
  std::unique_ptr<Process> serving_;
  std::uint16_t port_ = 0;
};

// Waits for a condition; false at the deadline.
bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds deadline = std::chrono::seconds(30));

std::string text_at(const json::object& object, std::string_view name);     // empty: not there, or no text
std::int64_t number_at(const json::object& object, std::string_view name);  // -1: not there, or no number
// The acknowledgements among lines of JSON: machine numbers of certificates.
std::vector<std::string> acknowledged(std::string_view lines);
std::vector<std::string> machine_numbers(const json::array& rows);  // sorted

}  // namespace cunzheng::test
