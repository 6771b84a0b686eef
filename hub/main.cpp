// cunzheng-hub: the district's program. `init` makes a hub, `serve` runs it; every other command goes to the running
// hub through its control socket, or opens the store itself when none runs.

#include "hub/app.hpp"
#include "hub/repair.hpp"
#include "shared/crypto/system_random.hpp"
#include "sync/program/caller.hpp"
#include "sync/program/system_clock.hpp"

#include <algorithm>
#include <exception>

namespace cunzheng::hub {
namespace {

using program::CommandSpec;
using program::Takes;
using program::json::object;

const program::OptionSpec machine_key_option{
    "--machine-key",
    {"机器密钥文件（默认：init时的位置）", "machine key file (default: where init put it)"},
    Takes::file};

std::vector<CommandSpec> specs() {
  std::vector<CommandSpec> all{
      {"init",
       {"建立一个中心：密钥、空的存储", "make a hub: keys and an empty store"},
       {{"--district", {"区县名称", "name of the district"}, Takes::text, true},
        {"--root-key",
         {"根密钥文件，建成后请离线保管", "root key file to be made; keep it offline"},
         Takes::file,
         true},
        {"--root-passphrase-file", {"根密钥的口令文件", "file with the root's passphrase"}, Takes::file, true},
        {"--host", {"各村用来连接的名称或地址", "name or address by which villages reach it"}}}},
      {"serve",
       {"运行中心", "run the hub"},
       {{"--listen", {"地址:端口（默认 0.0.0.0:8466）", "ADDR:PORT (default 0.0.0.0:8466)"}},
        {"--restored",
         {"存储是从备份恢复的：先开新轮次", "the store comes from a backup: begin a new epoch first"},
         Takes::nothing}}}};
  all.push_back({"repair",
                 {"存储打不开时，由可读的内容重建", "make the store anew of what can be read, when it does not open"},
                 {}});
  const auto others = command_specs();
  all.insert(all.end(), others.begin(), others.end());
  for (auto& spec : all) spec.options.push_back(machine_key_option);
  return all;
}

std::string text_in(const object& arguments, std::string_view name) {
  const auto* value = program::argument(arguments, name);
  return value == nullptr ? std::string() : std::string(value->get_string());
}

Result<program::Reply> run_init(const program::CommandLine& line, const std::filesystem::path& machine_key) {
  InitOptions options;
  options.store = line.store;
  options.district_name = text_in(line.arguments, "district");
  options.root_key = text_in(line.arguments, "root_key");
  options.root_passphrase_file = text_in(line.arguments, "root_passphrase_file");
  options.machine_key = machine_key;
  options.host = text_in(line.arguments, "host");
  if (options.host.empty()) options.host = "127.0.0.1";
  crypto::SystemRandom random;
  const program::SystemClock clock;
  TRY(const auto identity, init(options, clock, random));
  const auto key_at = (machine_key.empty() ? machine_key_beside(options.store) : machine_key).string();
  return program::Reply{{{"district", identity.district_name},
                         {"hub_id", to_hex(identity.hub_id)},
                         {"root", to_hex(identity.root.value())},
                         {"root_key", options.root_key.string()},
                         {"machine_key", key_at}},
                        {identity.district_name + "中心已建立。\n根密钥 " + options.root_key.string() +
                             " 请移到离线介质保管；机器密钥 " + key_at + " 请另外备份：没有它，存储无法打开。",
                         "The hub of " + identity.district_name + " is made.\nMove the root key " +
                             options.root_key.string() + " to an offline medium. Back up the machine key " + key_at +
                             " apart from the store: without it the store cannot be opened."}};
}

Status run_serve(const program::CommandLine& line, const App::Options& options) {
  App::Service service;
  if (const auto listen = text_in(line.arguments, "listen"); !listen.empty()) service.listen = listen;
  TRY(service.restored, program::flag_argument(line.arguments, "restored"));
  TRY(const auto app, App::open(options, program::Log::to_stderr()));
  return app->serve(service);
}

Result<program::Reply> run_command(const program::CommandLine& line, const App::Options& options) {
  auto running = program::ControlClient::connect(line.store);
  if (running) {
    return program::remote_caller(*std::move(running), line.manner.language)->call(line.command, line.arguments);
  }
  if (running.error().code != FailureCode::not_found) return tl::make_unexpected(running.error());
  TRY(const auto app, App::open(options, program::Log::nowhere()));
  return program::local_caller(app->loop(), app->commands())->call(line.command, line.arguments);
}

int run(int argc, const char* const* argv) {
  auto parsed = program::parse_command_line("cunzheng-hub", {"村证：区县中心", "Cunzheng: the hub of a district"},
                                            specs(), argc, argv);
  if (const auto* code = std::get_if<int>(&parsed)) return *code;
  auto& line = std::get<program::CommandLine>(parsed);
  const App::Options options{line.store, text_in(line.arguments, "machine_key")};
  line.arguments.erase("machine_key");
  if (line.store.empty()) {
    return program::show(
        fail(FailureCode::bad_input, {"请用--store说明存储文件夹", "say which store folder: --store DIR"}, "store"),
        line.manner);
  }
  if (line.command == "init") return program::show(run_init(line, options.machine_key), line.manner);
  if (line.command == "repair") {
    const bool is_running = program::ControlClient::connect(line.store).has_value();
    const auto busy =
        fail(FailureCode::conflict, {"中心正在运行，请先结束它", "the hub is running: end it first"}, "store");
    return program::show(is_running ? Result<program::Reply>(busy) : repair(line.store, options.machine_key),
                         line.manner);
  }
  if (line.command != "serve") return program::show(run_command(line, options), line.manner);
  const auto served = run_serve(line, options);
  return served ? program::exit_ok : program::show(tl::make_unexpected(served.error()), line.manner);
}

}  // namespace
}  // namespace cunzheng::hub

int main(int argc, char** argv) {
  try {
    return cunzheng::hub::run(argc, argv);
  } catch (const std::exception& error) {
    return cunzheng::program::show(
        cunzheng::fail(cunzheng::FailureCode::unavailable, {std::string("程序出错：") + error.what(), error.what()}),
        {});
  }
}
