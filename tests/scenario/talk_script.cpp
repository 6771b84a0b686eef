#include "tests/scenario/talk_script.hpp"

#include "shared/base/verify.hpp"

#include <cstdio>
#include <map>
#include <sstream>

namespace cunzheng::test {
namespace {

using Words = std::vector<std::string>;

Words words_of(const std::string& line) {
  std::istringstream in(line);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

class Player {
 public:
  explicit Player(SyncWorld& world) : world_(world) {}

  void run(const Words& words) {
    const bool known = run_world(words) || run_site(words);
    if (!known) std::fprintf(stderr, "not a command of a transcript: %s\n", words.front().c_str());
    VERIFY(known);
  }
  const std::set<std::string>& laptops() const { return laptops_; }

 private:
  static std::size_t number(const std::string& word) { return std::stoul(word); }

  bool run_world(const Words& words) {
    const auto& what = words[0];
    if (what == "link") {
      const auto laptop = words.size() > 1 ? words[1] : std::string("laptop");
      laptops_.insert(laptop);
      world_.link(laptop);
      world_.run_until_quiet();
    } else if (what == "fork") {
      world_.grow(words.at(1), number(words.at(2)));
      world_.fork(words.at(1), number(words.at(2)));
    } else if (what == "wait") {
      world_.wait(static_cast<std::int64_t>(number(words.at(1))) * 1000);
    } else if (what == "cut") {
      world_.cut("laptop");
    } else {
      return what == "apart";
    }
    return true;
  }

  bool run_site(const Words& words) {
    const auto& name = words[0];
    auto& site = world_.site(name);
    const auto& what = words.at(1);
    if (what == "has") {
      const auto spoiled = words.size() > 5 ? std::optional<journal::Seq>(number(words[5])) : std::nullopt;
      site.hold(words.at(2), number(words.at(3)), spoiled);
    } else if (what == "writes" && words.at(2) == "receipts") {
      site.writes_receipts = true;
    } else if (what == "writes") {
      site.write(words.at(2), number(words.at(3)));
      world_.run_until_quiet();
    } else if (what == "damages") {
      site.store().damage({world_.journal(words.at(2)).id(), number(words.at(3))});
    } else if (what == "backs") {
      backups_[name] = site.store().clone();
    } else if (what == "is") {
      const auto backup = backups_.find(name);
      site.replace_store(backup == backups_.end() ? std::make_unique<store::MemStore>() : backup->second->clone());
    } else if (what == "revokes") {
      site.is_revoked = true;
    } else if (what == "leaves") {
      auto* const talk = world_.talk("laptop");
      if (talk != nullptr) talk->leave(site.is_hub());
      world_.run_until_quiet();
    } else {
      return false;
    }
    return true;
  }

  SyncWorld& world_;
  std::set<std::string> laptops_;
  std::map<std::string, std::unique_ptr<store::MemStore>> backups_;
};

}  // namespace

TalkScript read_script(const std::string& text) {
  TalkScript script;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("> ") || line.starts_with("#") || line.empty()) script.lines.push_back(line);
    if (line == "> apart") script.ends_apart = true;
  }
  return script;
}

Played play(const TalkScript& script, SyncWorld& world) {
  Played played;
  Player player(world);
  for (const auto& line : script.lines) {
    played.text += line + "\n";
    if (!line.starts_with("> ")) continue;
    player.run(words_of(line.substr(2)));
    for (const auto& minute : world.take_minutes()) played.text += minute + "\n";
  }
  played.laptops = player.laptops();
  return played;
}

}  // namespace cunzheng::test
