using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Penstock.IntegrationTests.Kit;

/// <summary>A program under test: its lines are kept, and it is ended with the test.</summary>
internal sealed partial class RunningProgram : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int Interrupt = 2;
    private readonly Process _process;
    private readonly List<string> _lines = [];

    private RunningProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, received) => Keep(received.Data);
        process.ErrorDataReceived += (_, received) => Keep(received.Data);
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    public static RunningProgram Start(string program, params IEnumerable<string> arguments) =>
        Start(program, environment: null, arguments);

    public static RunningProgram Start(string program, IReadOnlyDictionary<string, string>? environment, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Repository.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        var process = new Process { StartInfo = start };
        var running = new RunningProgram(process);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Starts a program that is expected to end by itself.</summary>
    public static Task<Ended> Run(string program, params IEnumerable<string> arguments) => Run(TimeSpan.FromSeconds(60), program, arguments);

    public static async Task<Ended> Run(TimeSpan within, string program, params IEnumerable<string> arguments)
    {
        await using var running = Start(program, arguments);
        var code = await running.End(within);
        return new Ended(code, running.Output);
    }

    /// <summary>The first line that fits; fails at once when the program ends without it.</summary>
    public async Task<Match> Line(string reason, Regex pattern, TimeSpan? within = null)
    {
        var match = await Until.Found(
            $"{reason}: a line like {pattern}, got\n{Output}",
            () => Find(pattern) ?? (HasEnded ? Match.Empty : null),
            within ?? TimeSpan.FromSeconds(60));
        if (match.Success)
            return match;
        await _process.WaitForExitAsync();
        return Find(pattern) ?? throw new InvalidOperationException($"{reason}: ended with {ExitCode}:\n{Output}");
    }

    public async Task<int> End(TimeSpan? within = null)
    {
        using var patience = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(60));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} did not end:\n{Output}");
        }

        return ExitCode;
    }

    /// <summary>SIGKILL: nothing is closed, nothing is said.</summary>
    public async Task Kill()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as systemd sends it.</summary>
    public void Term() => _ = Signal(_process.Id, Terminate);

    /// <summary>SIGINT, as Ctrl-C sends it.</summary>
    public void CtrlC() => _ = Signal(_process.Id, Interrupt);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await Kill();
        _process.Dispose();
    }

    private Match? Find(Regex pattern)
    {
        lock (_lines)
            return _lines.Select(line => pattern.Match(line)).FirstOrDefault(match => match.Success);
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}

/// <summary>What a program left behind.</summary>
internal sealed record Ended(int ExitCode, string Output);
