#pragma once
// Real programs for tests: started without a shell, fed and read through pipes, ended by their own id only.

#include "shared/base/result.hpp"

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cunzheng::test {

struct Finished {
  int exit_code = -1;  // 128 + signal when it was ended by one
  std::string out;
  std::string err;
};

class Process {
 public:
  using Arguments = std::vector<std::string>;

  // Starts `program`; standard output and error are pipes, standard input too. It ends with the thread that started it,
  // however that ends. Exit code 127 if the program cannot be started.
  explicit Process(const std::filesystem::path& program, const Arguments& arguments);
  ~Process();  // kills it if it still runs
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;

  pid_t id() const { return id_; }
  void write(std::string_view text);  // to its standard input; blocks
  void close_input();
  // The next line of its standard output without the line end; none: it ended, or the deadline passed.
  std::optional<std::string> read_line(std::chrono::milliseconds deadline);
  void signal(int number);
  // Reads the rest of both outputs and waits for the end. Kills it at the deadline.
  Finished finish(std::chrono::milliseconds deadline = std::chrono::minutes(2));

 private:
  void pump(std::chrono::steady_clock::time_point until, bool want_line);

  pid_t id_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string out_text_;
  std::string err_text_;
  bool reaped_ = false;
  int exit_code_ = -1;
};

// Runs to the end with `input` as standard input.
Finished run(const std::filesystem::path& program, const Process::Arguments& arguments, std::string_view input = {});

// The folder of the built programs: CUNZHENG_BIN_DIR, which ctest sets.
std::filesystem::path program_folder();

}  // namespace cunzheng::test
