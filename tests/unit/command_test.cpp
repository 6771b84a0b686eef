// Commands, their arguments, the way they are typed, and the socket through which a running program takes them.

#include "sync/program/command.hpp"

#include "sync/program/caller.hpp"
#include "sync/program/command_line.hpp"
#include "sync/program/control.hpp"
#include "sync/program/terminal.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace cunzheng::program {
namespace {

using test::TempFolder;

json::object object(std::string_view text) { return codec::parse_json(text).value().as_object(); }

// Shows that every wrong argument is refused by its own name, and a left-out one is told from an empty one.
TEST(Arguments, FailuresNameTheArgument) {
  const auto given =
      object(R"({"name": "v", "blank": " ", "count": 7, "flag": true, "day": "2026-02-30", "nothing": null})");
  EXPECT_EQ(text_argument(given, "name").value(), "v");
  EXPECT_EQ(text_argument(given, "blank").error().field, "blank");
  EXPECT_EQ(text_argument(given, "other").error().field, "other");
  EXPECT_EQ(text_argument(given, "count").error().field, "count");
  EXPECT_EQ(optional_text(given, "nothing").value(), std::nullopt);
  EXPECT_EQ(text_or(given, "other", "else").value(), "else");
  EXPECT_EQ(number_argument(given, "count", 0, 10).value(), 7);
  EXPECT_EQ(number_argument(given, "count", 8, 10).error().field, "count");
  EXPECT_EQ(number_argument(given, "name", 0, 10).error().field, "name");
  EXPECT_TRUE(flag_argument(given, "flag").value());
  EXPECT_FALSE(flag_argument(given, "other").value());
  EXPECT_EQ(flag_argument(given, "name").error().field, "name");
  EXPECT_EQ(optional_date(given, "day").error().field, "day");
  EXPECT_EQ(only(given, {"name", "blank", "count", "flag", "day"}).error().field, "nothing");
  EXPECT_TRUE(only(object(R"({"name": 1})"), {"name", "other"}));
}

Commands echo_commands() {
  Commands commands;
  commands.add("echo", [](json::object arguments, Done done) { done(Reply{std::move(arguments), {"回声", "echo"}}); });
  commands.add("fail", [](const json::object&, Done done) {
    done(fail(FailureCode::bad_input, {"不对", "wrong"}, "here", "R1"));
  });
  return commands;
}

// Shows that an unknown command is an answer, not a crash.
TEST(Commands, UnknownOnesAreNotFound) {
  const auto commands = echo_commands();
  std::optional<Result<Reply>> answer;
  commands.run("nonsense", {}, [&](Result<Reply> result) { answer = std::move(result); });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code, FailureCode::not_found);
}

const std::vector<CommandSpec>& table() {
  static const std::vector<CommandSpec> specs{
      {"status", {"", ""}, {}},
      {"officer add", {"", ""}, {{"--name", {"", ""}, Takes::text, true}}},
      {"issue",
       {"", ""},
       {{"--input", {"", ""}, Takes::json, false},
        {"--seal-keeper", {"", ""}, Takes::text, false},
        {"--quickly", {"", ""}, Takes::nothing, false},
        {"NUMBER", {"", ""}, Takes::number, false},
        {"--key-file", {"", ""}, Takes::file, false}}},
  };
  return specs;
}

std::variant<CommandLine, int> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "cunzheng");
  return parse_command_line("cunzheng", {"", ""}, table(), static_cast<int>(words.size()), words.data());
}

// Shows how a typed line becomes a command with arguments of the right types.
TEST(CommandLine, BecomesArguments) {
  const TempFolder folder;
  const auto file = folder.path() / "input.json";
  std::ofstream(file) << R"({"a": [1, 2]})";
  const auto parsed = parse({"issue", "--input", file.c_str(), "--seal-keeper", "演示丑", "--quickly", "17",
                             "--key-file", "x", "--store", "/tmp/s", "--json", "--lang", "en"});
  ASSERT_TRUE(std::holds_alternative<CommandLine>(parsed));
  const auto& line = std::get<CommandLine>(parsed);
  EXPECT_EQ(line.command, "issue");
  auto expected = object(R"({"input": {"a": [1, 2]}, "seal_keeper": "演示丑", "quickly": true, "number": 17})");
  expected["key_file"] = std::filesystem::absolute("x").string();
  EXPECT_EQ(line.arguments, expected);
  EXPECT_EQ(line.store, "/tmp/s");
  EXPECT_TRUE(line.manner.as_json);
  EXPECT_EQ(line.manner.language, Language::en);

  const auto two_words = parse({"officer", "add", "--name", "n", "--store", "s"});
  EXPECT_EQ(std::get<CommandLine>(two_words).command, "officer add");
  EXPECT_EQ(std::get<CommandLine>(two_words).manner.language, Language::zh);
}

// Shows the exit codes of lines that cannot be run: 2 for a wrong line, 1 for a file that is not there, 0 for help.
TEST(CommandLine, WrongLinesEndWithTheirCode) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  EXPECT_EQ(std::get<int>(parse({})), exit_usage);
  EXPECT_EQ(std::get<int>(parse({"nonsense"})), exit_usage);
  EXPECT_EQ(std::get<int>(parse({"officer", "add"})), exit_usage);
  EXPECT_EQ(std::get<int>(parse({"issue", "--number", "x"})), exit_usage);
  EXPECT_EQ(std::get<int>(parse({"issue", "--input", "/nonexistent"})), exit_failure);
  EXPECT_EQ(std::get<int>(parse({"--help"})), exit_ok);
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
}

// Shows what goes where: replies to standard output, failures with field and rule to standard error.
TEST(Terminal, FailuresNameFieldAndRule) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_EQ(show(Reply{object(R"({"a": 1})"), {"好", "fine"}}, {false, Language::zh}), exit_ok);
  EXPECT_EQ(show(Reply{object(R"({"a": 1})"), {"好", "fine"}}, {true, Language::en}), exit_ok);
  const Result<Reply> failed = fail(FailureCode::bad_input, {"不对", "wrong"}, "facts.since", "R53");
  EXPECT_EQ(show(failed, {false, Language::en}), exit_failure);
  EXPECT_EQ(show(failed, {true, Language::zh}), exit_failure);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "好\n{\"a\":1}\n");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "wrong [facts.since] (rule R53)\n"
            "{\"error\":{\"code\":\"bad_input\",\"what\":\"不对\",\"field\":\"facts.since\",\"rule\":\"R53\"}}\n");
}

// A program with a control socket on a thread of its own.
class Serving {
 public:
  explicit Serving(Commands commands) : commands_(std::move(commands)) {
    auto listening = ControlServer::listen(loop_, folder_.path(), commands_);
    if (!listening) ADD_FAILURE() << listening.error().what.en;
    server_ = *std::move(listening);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Serving() {
    loop_.stop();
    thread_.join();
    server_.reset();
  }
  const std::filesystem::path& folder() const { return folder_.path(); }
  link::Loop& loop() { return loop_; }
  ControlClient client() const { return ControlClient::connect(folder_.path()).value(); }

 private:
  TempFolder folder_;
  Commands commands_;
  link::Loop loop_;
  std::unique_ptr<ControlServer> server_;
  std::thread thread_;
};

// Shows that a command goes through the socket and its reply or failure comes back whole, in the language asked for.
TEST(Control, CarriesRepliesAndFailures) {
  const Serving serving(echo_commands());
  auto client = serving.client();
  const auto reply = client.call("echo", object(R"({"a": {"b": "换行\n"}})"), Language::en);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->data, object(R"({"a": {"b": "换行\n"}})"));
  EXPECT_EQ(reply->human.zh, "echo");
  const auto failed = client.call("fail", {}, Language::zh);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, FailureCode::bad_input);
  EXPECT_EQ(failed.error().what.en, "不对");
  EXPECT_EQ(failed.error().field, "here");
  EXPECT_EQ(failed.error().rule, "R1");
  EXPECT_EQ(client.call("nonsense", {}, Language::zh).error().code, FailureCode::not_found);
}

// Shows that many requests may be on their way at once, more than the server takes in hand, and each gets its own
// answer.
TEST(Control, TakesManyAtOnce) {
  const Serving serving(echo_commands());
  auto client = serving.client();
  constexpr std::uint64_t count = control_waiting_max + 100;
  std::thread sender([&] {
    for (std::uint64_t id = 0; id < count; ++id) {
      EXPECT_TRUE(client.send(id, "echo", {{"n", id}}, Language::zh));
    }
  });
  for (std::uint64_t k = 0; k < count; ++k) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->result.value().data.at("n").to_number<std::uint64_t>(), answer->id);
  }
  sender.join();
}

// Shows that the socket is its owner's alone, that a second server does not push a living one aside, and that a dead
// one's socket file is no obstacle.
TEST(Control, LivesOncePerStore) {
  const TempFolder folder;
  const auto commands = echo_commands();
  link::Loop loop;
  EXPECT_EQ(ControlClient::connect(folder.path()).error().code, FailureCode::not_found);
  {
    const auto dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = (folder.path() / control_socket_name).string();
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    ASSERT_EQ(::bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ::close(dead);  // the file stays
  }
  auto first = ControlServer::listen(loop, folder.path(), commands);
  ASSERT_TRUE(first) << first.error().what.en;
  struct stat info {};
  ASSERT_EQ(::stat((folder.path() / control_socket_name).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(ControlServer::listen(loop, folder.path(), commands).error().code, FailureCode::conflict);
  first->reset();
  EXPECT_FALSE(std::filesystem::exists(folder.path() / control_socket_name));
}

// Shows that a path longer than a socket's name may be is no obstacle.
TEST(Control, WorksDeepInTheTree) {
  const TempFolder folder;
  const auto deep = folder.path() / std::string(100, 'a') / std::string(100, 'b');
  std::filesystem::create_directories(deep);
  const auto commands = echo_commands();
  link::Loop loop;
  const auto server = ControlServer::listen(loop, deep, commands);
  ASSERT_TRUE(server) << server.error().what.en;
  EXPECT_TRUE(ControlClient::connect(deep));
}

// Shows that lines which are no requests are answered and do no harm to those that are.
TEST(Control, AnswersNonsense) {
  const Serving serving(echo_commands());
  const auto socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (serving.folder() / control_socket_name).string().copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  const std::string said =
      "nonsense\n[1]\n{\"id\": 4}\n{\"id\": 5, \"command\": \"echo\", \"arguments\": {\"x\": 1}}\n";
  ASSERT_EQ(::write(socket, said.data(), said.size()), static_cast<ssize_t>(said.size()));
  ASSERT_EQ(::shutdown(socket, SHUT_WR), 0);
  std::string heard;
  std::array<char, 4096> piece{};
  for (ssize_t size = 0; (size = ::read(socket, piece.data(), piece.size())) > 0;)
    heard.append(piece.data(), static_cast<std::size_t>(size));
  ::close(socket);
  EXPECT_EQ(std::count(heard.begin(), heard.end(), '\n'), 4) << heard;
  EXPECT_NE(heard.find("{\"id\":4,\"error\":{\"code\":\"bad_input\""), std::string::npos) << heard;
  EXPECT_NE(heard.find("{\"id\":5,\"ok\":true,\"data\":{\"x\":1}"), std::string::npos) << heard;
}

// Shows that a caller in this process and one through the socket give the same.
TEST(Caller, IsTheSameNearAndFar) {
  const Serving serving(echo_commands());
  link::Loop loop;
  const auto commands = echo_commands();
  const auto near = local_caller(loop, commands);
  const auto far = remote_caller(serving.client(), Language::zh);
  for (auto* caller : {near.get(), far.get()}) {
    const auto reply = caller->call("echo", object(R"({"a": 1})"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->data, object(R"({"a": 1})"));
    EXPECT_EQ(reply->human.zh, "回声");
    EXPECT_EQ(caller->call("fail", {}).error().field, "here");
  }
}

}  // namespace
}  // namespace cunzheng::program
