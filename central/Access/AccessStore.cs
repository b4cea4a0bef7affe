using System.Text.Json;
using Penstock.Contracts;

namespace Penstock.Central.Access;

/// <summary>
/// Tokens, login codes and sessions in one file of the data folder. Invariants: the file is replaced as a whole (written
/// beside, synced, renamed), by one process at a time (lock file); codes and sessions are bounded and expire. A running
/// centre sees at the next request what a command changed.
/// </summary>
internal sealed class AccessStore(string path, TimeProvider clock)
{
    public const string FileName = "access.json";
    private const int MaxSessions = 64;
    private const int MaxCodes = 16;
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan SessionLife = TimeSpan.FromDays(30);
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(20);
    private const int LockTries = 250;

    private Seen? _seen;

    public IReadOnlyList<IngestToken> Tokens => Read().Tokens;

    public bool HasSession => Read().Sessions.Any(s => s.Expires > Timestamp.Now(clock));

    /// <summary>Null when the name is taken or not allowed, else the token, which is shown this once.</summary>
    public async Task<string?> AddTokenAsync(string name, CancellationToken cancel)
    {
        if (!Names.IsValid(name))
            return null;
        var token = Secret.New();
        var added = false;
        await UpdateAsync(
            file =>
            {
                added = file.Tokens.All(t => t.Name != name);
                return added ? file with { Tokens = [.. file.Tokens, new(name, Secret.Hash(token), Timestamp.Now(clock))] } : file;
            },
            cancel);
        return added ? token : null;
    }

    public async Task<bool> RemoveTokenAsync(string name, CancellationToken cancel)
    {
        var removed = false;
        await UpdateAsync(
            file =>
            {
                removed = file.Tokens.Any(t => t.Name == name);
                return file with { Tokens = [.. file.Tokens.Where(t => t.Name != name)] };
            },
            cancel);
        return removed;
    }

    public bool IsToken(string token)
    {
        var hash = Secret.Hash(token);
        return Read().Tokens.Any(t => Secret.Matches(t.Hash, hash));
    }

    public async Task<string> NewCodeAsync(CancellationToken cancel)
    {
        var code = Secret.New();
        await UpdateAsync(
            file => file with { Codes = [.. file.Codes.TakeLast(MaxCodes - 1), new(Secret.Hash(code), Timestamp.Now(clock) + CodeLife)] }, cancel);
        return code;
    }

    /// <summary>Takes a code and opens a session; null when the code is unknown, used or too old.</summary>
    public async Task<string?> LogInAsync(string code, CancellationToken cancel)
    {
        var hash = Secret.Hash(code);
        // Anyone may ask; a guess must not cost a write.
        if (!Read().Codes.Any(c => Secret.Matches(c.Hash, hash)))
            return null;
        var session = Secret.New();
        var opened = false;
        await UpdateAsync(
            file =>
            {
                opened = file.Codes.Any(c => Secret.Matches(c.Hash, hash));
                var now = Timestamp.Now(clock);
                return !opened ? file : file with
                {
                    Codes = [.. file.Codes.Where(c => c.Hash != hash)],
                    Sessions = [.. file.Sessions.TakeLast(MaxSessions - 1), new(Secret.Hash(session), now, now + SessionLife)],
                };
            },
            cancel);
        return opened ? session : null;
    }

    public Task LogOutAsync(string session, CancellationToken cancel)
    {
        var hash = Secret.Hash(session);
        return UpdateAsync(file => file with { Sessions = [.. file.Sessions.Where(s => s.Hash != hash)] }, cancel);
    }

    public bool IsSession(string session)
    {
        var hash = Secret.Hash(session);
        var now = Timestamp.Now(clock);
        return Read().Sessions.Any(s => s.Expires > now && Secret.Matches(s.Hash, hash));
    }

    private AccessFile Read()
    {
        var info = new FileInfo(path);
        if (!info.Exists)
            return new();
        if (_seen is { } seen && seen.Written == info.LastWriteTimeUtc && seen.Size == info.Length)
            return seen.File;
        var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), CentralJson.Wire.AccessFile) ?? new();
        _seen = new(info.LastWriteTimeUtc, info.Length, file);
        return file;
    }

    private async Task UpdateAsync(Func<AccessFile, AccessFile> change, CancellationToken cancel)
    {
        await using var held = await LockAsync(cancel);
        _seen = null;
        var now = Timestamp.Now(clock);
        var old = Read();
        var changed = change(old with
        {
            Codes = [.. old.Codes.Where(c => c.Expires > now)],
            Sessions = [.. old.Sessions.Where(s => s.Expires > now)],
        });
        await WriteAsync(changed, cancel);
        _seen = null;
    }

    private async Task WriteAsync(AccessFile file, CancellationToken cancel)
    {
        var beside = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var stream = new FileStream(beside, options))
        {
            await JsonSerializer.SerializeAsync(stream, file, CentralJson.Wire.AccessFile, cancel);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < LockTries)
            {
                await Task.Delay(LockRetry, clock, cancel);
            }
        }
    }

    /// <summary>Replaced as a whole: requests read it from any thread.</summary>
    private sealed record Seen(DateTime Written, long Size, AccessFile File);
}
