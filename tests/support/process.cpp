#include "tests/support/process.hpp"

#include "shared/base/verify.hpp"
#include "tests/support/sanitizer_reports.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <thread>

namespace cunzheng::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  VERIFY(::pipe2(ends.data(), O_CLOEXEC) == 0);
  return {ends[0], ends[1]};
}

void close_end(int& end) {
  if (end >= 0) ::close(end);
  end = -1;
}

// Takes what there is; closes the pipe at its end.
void drain(int& from, std::string& to) {
  std::array<char, 65536> buffer;
  const auto got = ::read(from, buffer.data(), buffer.size());
  if (got > 0) {
    to.append(buffer.data(), static_cast<std::size_t>(got));
  } else {
    close_end(from);
  }
}

}  // namespace

Process::Process(const std::filesystem::path& program, const Arguments& arguments) {
  watch_sanitizer_reports();
  ::signal(SIGPIPE, SIG_IGN);
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  const auto path = program.string();
  std::vector<char*> argv{const_cast<char*>(path.c_str())};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const auto parent = ::getpid();
  id_ = ::fork();
  VERIFY(id_ >= 0);
  if (id_ == 0) {                        // only what is safe in a copy of a program with threads
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves nobody behind
    ::signal(SIGPIPE, SIG_DFL);
    if (::getppid() == parent && ::dup2(in.read, 0) >= 0 && ::dup2(out.write, 1) >= 0 && ::dup2(err.write, 2) >= 0) {
      ::execv(path.c_str(), argv.data());
    }
    ::_exit(127);
  }
  close_end(in.read);
  close_end(out.write);
  close_end(err.write);
  in_ = in.write;
  out_ = out.read;
  err_ = err.read;
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      in_(std::exchange(other.in_, -1)),
      out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)),
      out_text_(std::move(other.out_text_)),
      err_text_(std::move(other.err_text_)),
      reaped_(std::exchange(other.reaped_, true)),
      exit_code_(other.exit_code_) {}

Process::~Process() {
  close_end(in_);
  if (!reaped_ && id_ > 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  close_end(out_);
  close_end(err_);
}

void Process::write(std::string_view text) {
  while (!text.empty() && in_ >= 0) {
    const auto wrote = ::write(in_, text.data(), text.size());
    if (wrote <= 0) return;  // it is gone: the test sees that at its exit code
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

void Process::close_input() { close_end(in_); }

void Process::pump(Clock::time_point until, bool want_line) {
  while (out_ >= 0 || (!want_line && err_ >= 0)) {
    if (want_line && out_text_.find('\n') != std::string::npos) return;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return;
    std::array<pollfd, 2> ends{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
    if (::poll(ends.data(), ends.size(), static_cast<int>(left)) <= 0) continue;
    if (ends[0].revents != 0) drain(out_, out_text_);
    if (ends[1].revents != 0) drain(err_, err_text_);
  }
}

std::optional<std::string> Process::read_line(std::chrono::milliseconds deadline) {
  pump(Clock::now() + deadline, true);
  const auto end = out_text_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  auto line = out_text_.substr(0, end);
  out_text_.erase(0, end + 1);
  return line;
}

void Process::signal(int number) {
  if (!reaped_) ::kill(id_, number);
}

Finished Process::finish(std::chrono::milliseconds deadline) {
  close_end(in_);
  const auto until = Clock::now() + deadline;
  pump(until, false);
  if (!reaped_) {
    int status = 0;
    while (::waitpid(id_, &status, WNOHANG) == 0) {
      if (Clock::now() >= until) ::kill(id_, SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));  // waitpid has no deadline of its own
    }
    reaped_ = true;
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return {exit_code_, std::move(out_text_), std::move(err_text_)};
}

Finished run(const std::filesystem::path& program, const Process::Arguments& arguments, std::string_view input) {
  Process process(program, arguments);
  process.write(input);
  return process.finish();
}

std::filesystem::path program_folder() {
  const char* folder = std::getenv("CUNZHENG_BIN_DIR");
  VERIFY(folder != nullptr);
  return folder;
}

}  // namespace cunzheng::test
