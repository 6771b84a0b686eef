#pragma once
// Plays a transcript of the trade (tests/scenario/trade/*.txt) in a TradeWorld. The grammar and how to add one:
// tests/scenario/trade/README.md.

#include "tests/scenario/trade_words.hpp"
#include "tests/support/trade_world.hpp"

#include <filesystem>
#include <set>

namespace cunzheng::test {

class TradePlayer {
 public:
  // Forms and data files are looked for in `folder`, then from the root of the tree. The world is founded at the
  // transcript's or the cast's first `day`.
  explicit TradePlayer(std::filesystem::path folder);
  ~TradePlayer();

  // The transcript with its outcomes as they came out. ScriptError: a step says what cannot be done, with its line.
  // The next text goes on in the same world.
  std::string play(const std::string& text);

  TradeWorld& world() { return *world_; }
  // Laptops of which the transcript said that they do not come together with the hub again.
  const std::set<std::string>& apart() const { return apart_; }

 private:
  using Words = std::vector<std::string>;
  using Lines = std::vector<std::string>;
  struct Order;

  Lines step(const Words& words);
  bool set_up(const Words& words, Lines& out);  // false: not one of these
  void set_day(const Words& words);
  void set_clock(const Words& words);
  void make_form(const Words& words);
  void keep(const Words& words);
  Lines sync(const Words& words);
  Lines at_place(const Words& words);

  Order read_order(const std::string& place, const Words& words);
  void take_word(Order& order, const std::string& word);
  void add_staff(const std::string& place, Order& order);
  void add_passphrases(Order& order);
  json::value form(const std::string& name) const;
  json::value value_for(const std::string& path, const std::string& text) const;
  std::string file(const std::string& name);
  std::string text_of_file(const std::string& name) const;
  json::array rows_of(const json::object& data, const Words& conditions);
  Lines outcome(const Result<program::Reply>& reply, const Order& order);
  Lines set_down(const std::string& text);

  std::filesystem::path folder_;
  std::unique_ptr<TradeWorld> world_;
  std::map<std::string, json::value> forms_;                         // and people
  std::map<std::string, std::string> kept_;                          // $name -> value
  std::map<std::string, std::map<std::string, std::string>> staff_;  // by body or "hub": argument -> who
  std::set<std::string> apart_;
  json::value last_;  // data of the last reply
  Ids ids_;
};

}  // namespace cunzheng::test
