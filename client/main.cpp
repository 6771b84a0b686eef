// cunzheng: the laptop of a committee.

#include "client/batch.hpp"
#include "client/command_table.hpp"
#include "client/enrol.hpp"
#include "client/repair.hpp"
#include "shared/crypto/system_random.hpp"
#include "sync/program/process.hpp"
#include "sync/program/system_clock.hpp"

#include <exception>
#include <fstream>
#include <iostream>

namespace cunzheng::client {
namespace {

using program::Caller;
using program::CommandLine;
using program::ControlClient;

tl::unexpected<Failure> missing(const char* option) {
  return fail(FailureCode::bad_input, {std::string("缺少") + option, std::string("missing ") + option}, option);
}

Result<program::Passphrase> passphrase_of(const CommandLine& line) {
  if (line.passphrase_file.empty()) return missing("--passphrase-file");
  return program::Passphrase::from_file(line.passphrase_file);
}

int run_batch(Caller& caller, const CommandLine& line) {
  auto arguments = line.arguments;
  const auto file = program::text_argument(arguments, "batch");
  if (!file) return program::show(tl::make_unexpected(file.error()), line.manner);
  arguments.erase("batch");
  if (program::argument(arguments, "input") != nullptr) {
    const auto both =
        fail(FailureCode::bad_input, {"--input和--batch只能用一个", "either --input or --batch"}, "input");
    return program::show(Result<Reply>(both), line.manner);
  }
  if (*file == "-") return issue_batch(caller, arguments, std::cin, line.manner.language);
  std::ifstream lines(*file, std::ios::binary);
  if (std::error_code error; !lines || std::filesystem::is_directory(*file, error)) {
    const auto no_file = fail(FailureCode::not_found, {"打不开文件：" + *file, "cannot open " + *file}, "batch");
    return program::show(Result<Reply>(no_file), line.manner);
  }
  return issue_batch(caller, arguments, lines, line.manner.language);
}

int run_command(Caller& caller, const CommandLine& line) {
  if (line.command == "issue" && program::argument(line.arguments, "batch") != nullptr) return run_batch(caller, line);
  return program::show(caller.call(line.command, line.arguments), line.manner);
}

bool is_to_stay(const CommandLine& line) {
  const auto once = program::flag_argument(line.arguments, "once");
  return line.command == "sync" && once && !*once;
}

// The program of this process: for one command, or to stay.
int run_here(const CommandLine& line, const Surroundings& around) {
  const auto open = [&]() -> Result<std::unique_ptr<App>> {
    TRY(const auto passphrase, passphrase_of(line));
    TRY(auto store, open_store(line.store, passphrase, around));
    return App::open(std::move(store), around);
  };
  const auto app = open();
  if (!app) return program::show(tl::make_unexpected(app.error()), line.manner);
  if (!is_to_stay(line)) {
    const auto caller = program::local_caller(around.loop, (*app)->commands());
    return run_command(*caller, line);
  }
  const auto served = (*app)->serve([&] {
    program::show(Reply{{{"serving", true}, {"body", (*app)->books().body()}},
                        {"正在运行，按 Ctrl+C 结束", "running, Ctrl+C ends it"}},
                  line.manner);
  });
  return served ? program::exit_ok : program::show(tl::make_unexpected(served.error()), line.manner);
}

int run_enrol(const CommandLine& line, const Surroundings& around) {
  const auto begin = [&]() -> Result<Reply> {
    TRY(const auto passphrase, passphrase_of(line));
    EnrolOptions options;
    options.folder = line.store;
    TRY(options.hub, program::text_argument(line.arguments, "hub"));
    TRY(options.code, program::text_argument(line.arguments, "code"));
    TRY(options.body, program::text_or(line.arguments, "body", {}));
    TRY(options.label, program::text_or(line.arguments, "label", {}));
    return enrol(options, passphrase, around);
  };
  return program::show(begin(), line.manner);
}

int run_repair(const CommandLine& line, const Surroundings& around) {
  const auto mend = [&]() -> Result<Reply> {
    TRY(const auto passphrase, passphrase_of(line));
    return repair(line.store, passphrase, around);
  };
  return program::show(mend(), line.manner);
}

Result<program::Log> log_of(const CommandLine& line) {
  std::error_code error;
  if (!std::filesystem::is_directory(line.store, error)) return program::Log::nowhere();
  return program::Log::to_file(line.store / "program.log");
}

int run(const CommandLine& line) {
  if (line.store.empty()) {
    program::show(Result<Reply>(missing("--store")), line.manner);
    return program::exit_usage;
  }
  auto running = ControlClient::connect(line.store);
  if (running) {
    if (line.command == "enrol" || line.command == "repair" || is_to_stay(line)) {
      const auto busy =
          fail(FailureCode::conflict,
               {"已有程序在使用这个数据夹，请先结束它", "a program already serves this store: end it first"}, "store");
      return program::show(Result<Reply>(busy), line.manner);
    }
    const auto caller = program::remote_caller(*std::move(running), line.manner.language);
    return run_command(*caller, line);
  }
  const auto log = log_of(line);
  if (!log) return program::show(tl::make_unexpected(log.error()), line.manner);
  link::Loop loop;
  const program::SystemClock clock;
  crypto::SystemRandom random;
  const Surroundings around{loop, clock, random, *log};
  if (line.command == "enrol") return run_enrol(line, around);
  if (line.command == "repair") return run_repair(line, around);
  return run_here(line, around);
}

}  // namespace
}  // namespace cunzheng::client

int main(int argc, char** argv) {
  using namespace cunzheng;
  program::guard_process();
  try {
    const Text what{"村证：村（居）委会证明", "Cunzheng: certificates of committees"};
    const auto parsed = program::parse_command_line("cunzheng", what, client::command_table(), argc, argv);
    if (const auto* exit_code = std::get_if<int>(&parsed)) return *exit_code;
    return client::run(std::get<program::CommandLine>(parsed));
  } catch (const std::exception& error) {
    return program::show(fail(FailureCode::unavailable, {std::string("程序出错：") + error.what(), error.what()}), {});
  }
}
