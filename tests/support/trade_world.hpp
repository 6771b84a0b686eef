#pragma once
// A district in one process: the hub's program and any number of laptops' programs, each with its real commands, over
// stores in memory. One virtual clock, chance from a seed, links of memory: the same commands give the same bytes.
// Everything in it comes about through commands of the two programs, as people give them; what no command can do in one
// process (making the hub, taking a laptop in with a slip) goes through the same parts as `init` and `enrol`.

#include "client/app.hpp"
#include "hub/commands.hpp"
#include "shared/registers/mem_row_store.hpp"
#include "sync/program/command_line.hpp"
#include "sync/store/mem_store.hpp"
#include "tests/support/memory_link.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_folder.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cunzheng::test {

class TradeWorld {
 public:
  // Founded at that time: the hub is certified by the root and has no officers yet.
  explicit TradeWorld(Instant founded);
  ~TradeWorld();
  TradeWorld(const TradeWorld&) = delete;
  TradeWorld& operator=(const TradeWorld&) = delete;

  // A place is "hub" or the name of a laptop.
  static constexpr const char* hub_place = "hub";
  bool has(const std::string& place) const;
  std::vector<std::string> laptops() const;
  const std::string& body_of(const std::string& laptop) const;

  // ---- time
  Instant now() const { return now_; }
  void set_now(Instant at) { now_ = at; }
  void pass(std::int64_t ms) { now_ = now_ + ms; }
  // How far the clock of that place is ahead of the world's.
  void set_ahead(const std::string& place, std::int64_t ms);

  // ---- what people do
  // Takes a laptop in; the hub gives the letter of its series.
  Status enrol(const std::string& laptop, const std::string& body, const std::string& label);
  Result<program::Reply> run(const std::string& place, const std::string& command, program::json::object arguments);
  const std::vector<program::CommandSpec>& commands_of(const std::string& place) const;
  // The laptop's `sync` command. The link is cut after so many frames of both sides together.
  Result<program::Reply> sync(const std::string& laptop, std::optional<std::size_t> cut_after = std::nullopt);
  // Officers' key files on a stick from one laptop to another.
  void carry_officers(const std::string& from, const std::string& to);
  // The program ends and starts again on what is on its disk.
  Status restart(const std::string& place);
  // A copy of the place's disk, and the place set back to it: as from a backup, or a copied laptop.
  void save(const std::string& place, const std::string& name);
  Status restore(const std::string& place, const std::string& name);

  // ---- files
  std::string passphrase_file(const std::string& whose);
  std::string root_key_file() const;
  std::string write_file(const std::string& name, const std::string& text);  // its path
  const std::filesystem::path& folder() const { return folder_.path(); }

  // ---- looking
  client::App& laptop(const std::string& name);
  cunzheng::hub::Hub& hub();
  registers::MemRowStore& hub_rows();
  store::MemStore& disk(const std::string& place);  // nothing may be on its way to it

 private:
  class PlaceClock final : public Clock {
   public:
    explicit PlaceClock(const Instant& now) : now_(now) {}
    Instant now() const override { return now_ + ahead_ms; }
    std::int64_t ahead_ms = 0;

   private:
    const Instant& now_;
  };
  struct HubProgram;
  struct Hub;
  struct Laptop;

  Status open_hub(std::unique_ptr<store::EntryStore> disk);
  Status open_laptop(Laptop& laptop, std::unique_ptr<store::EntryStore> disk);
  std::unique_ptr<store::MemStore> copy_of_disk(const std::string& place);
  Laptop& at(const std::string& name);
  const Laptop& at(const std::string& name) const;
  // Until nobody has anything left to do but what is under way on a link.
  void settle();
  template <class T>
  Result<T> finish(std::optional<Result<T>>& answer);

  TempFolder folder_;  // in memory where there is such a place: nothing here is to outlive the world
  Instant now_;
  link::Loop loop_;
  program::Log log_ = program::Log::nowhere();
  MemoryNetwork network_;
  std::map<std::string, std::unique_ptr<store::MemStore>> saved_;  // by place and name
  std::map<std::string, std::string> phrase_files_;
  std::unique_ptr<Hub> hub_;
  std::map<std::string, std::unique_ptr<Laptop>> laptops_;
};

}  // namespace cunzheng::test
