#include "client/batch.hpp"

#include <deque>
#include <map>

namespace cunzheng::client {
namespace {

namespace json = codec::json;
using program::Reply;

constexpr std::size_t on_their_way_max = 256;

class Batch {
 public:
  Batch(program::Caller& caller, Language language) : caller_(caller), language_(language) {}

  Status start(const json::object& arguments, const std::string& line) {
    const auto id = next_id_++;
    auto input = codec::parse_json(line);
    refs_.push_back(ref_of(input));
    if (!input) {
      answers_.emplace(id, tl::make_unexpected(std::move(input).error()));
      return {};
    }
    auto request = arguments;
    request["input"] = *std::move(input);
    CHECK(caller_.start(id, "issue", std::move(request)));
    ++on_their_way_;
    return {};
  }

  bool is_full() const { return on_their_way_ >= on_their_way_max; }
  bool is_idle() const { return on_their_way_ == 0; }

  Status receive() {
    TRY(auto answer, caller_.next());
    --on_their_way_;
    answers_.emplace(answer.id, std::move(answer.result));
    return {};
  }

  // Prints what is answered, as far as nothing before it is still open.
  void print() {
    for (auto next = answers_.find(shown_); next != answers_.end(); next = answers_.find(shown_)) {
      show(next->second, refs_.front());
      answers_.erase(next);
      refs_.pop_front();
      ++shown_;
    }
  }

  bool has_failed() const { return has_failed_; }

 private:
  static json::value ref_of(const Result<json::value>& input) {
    if (!input || !input->is_object()) return nullptr;
    const auto* ref = program::argument(input->get_object(), "ref");
    return ref == nullptr ? json::value(nullptr) : *ref;
  }

  void show(const Result<Reply>& answer, const json::value& ref) {
    json::object line;
    if (!ref.is_null()) line["ref"] = ref;
    if (answer) {
      for (const auto& pair : answer->data) line[pair.key()] = pair.value();
    } else {
      has_failed_ = true;
      line["error"] = program::failure_json(answer.error(), language_);
    }
    program::show_line(line);
  }

  program::Caller& caller_;
  Language language_;
  std::uint64_t next_id_ = 0;
  std::uint64_t shown_ = 0;
  std::size_t on_their_way_ = 0;
  std::deque<json::value> refs_;  // of what is not shown yet
  std::map<std::uint64_t, Result<Reply>> answers_;
  bool has_failed_ = false;
};

Status run(Batch& batch, const json::object& arguments, std::istream& lines) {
  for (std::string line; std::getline(lines, line);) {
    if (trimmed(line).empty()) continue;
    CHECK(batch.start(arguments, line));
    // Whoever feeds us line by line and waits for each answer is not kept waiting for a full window.
    while (batch.is_full() || (!batch.is_idle() && lines.rdbuf()->in_avail() <= 0)) {
      CHECK(batch.receive());
      batch.print();
    }
    batch.print();
  }
  while (!batch.is_idle()) {
    CHECK(batch.receive());
    batch.print();
  }
  batch.print();
  return {};
}

}  // namespace

int issue_batch(program::Caller& caller, const json::object& arguments, std::istream& lines, Language language) {
  Batch batch(caller, language);
  const auto ran = run(batch, arguments, lines);
  if (!ran) return program::show(tl::make_unexpected(ran.error()), {true, language});
  return batch.has_failed() ? program::exit_failure : program::exit_ok;
}

}  // namespace cunzheng::client
