#include "sync/program/caller.hpp"

#include <deque>
#include <limits>

namespace cunzheng::program {
namespace {

using Answer = ControlClient::Answer;

class LocalCaller final : public Caller {
 public:
  LocalCaller(link::Loop& loop, const Commands& commands) : loop_(loop), commands_(commands) {}

  Status start(std::uint64_t id, const std::string& command, json::object arguments) override {
    commands_.run(command, std::move(arguments), [answers = answers_, id](Result<Reply> outcome) {
      answers->push_back({id, std::move(outcome)});
    });
    return {};
  }

  Result<Answer> next() override {
    const auto is_there = [this] { return !answers_->empty(); };
    const Instant never{std::numeric_limits<std::int64_t>::max()};
    if (!is_there() && !loop_.run_until(is_there, never)) {
      return fail(FailureCode::unavailable, {"程序正在退出", "the program is ending"});
    }
    auto answer = std::move(answers_->front());
    answers_->pop_front();
    return answer;
  }

 private:
  link::Loop& loop_;
  const Commands& commands_;
  std::shared_ptr<std::deque<Answer>> answers_ = std::make_shared<std::deque<Answer>>();
};

class RemoteCaller final : public Caller {
 public:
  RemoteCaller(ControlClient client, Language language) : client_(std::move(client)), language_(language) {}

  Status start(std::uint64_t id, const std::string& command, json::object arguments) override {
    return client_.send(id, command, std::move(arguments), language_);
  }
  Result<Answer> next() override { return client_.receive(); }

 private:
  ControlClient client_;
  Language language_;
};

}  // namespace

Result<Reply> Caller::call(const std::string& command, json::object arguments) {
  CHECK(start(0, command, std::move(arguments)));
  TRY(auto answer, next());
  return std::move(answer.result);
}

std::unique_ptr<Caller> local_caller(link::Loop& loop, const Commands& commands) {
  return std::make_unique<LocalCaller>(loop, commands);
}

std::unique_ptr<Caller> remote_caller(ControlClient client, Language language) {
  return std::make_unique<RemoteCaller>(std::move(client), language);
}

}  // namespace cunzheng::program
