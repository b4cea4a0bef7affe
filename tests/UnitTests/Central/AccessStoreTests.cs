using Microsoft.Extensions.Time.Testing;
using Penstock.Central.Access;
using Xunit;

namespace Penstock.UnitTests.Central;

public sealed class AccessStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(Records.Noon.ToDateTimeOffset());

    private AccessStore Store => new(_folder["access.json"], _clock);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_code_is_good_for_fifteen_minutes()
    {
        var code = await Store.NewCodeAsync(default);
        var late = await Store.NewCodeAsync(default);

        _clock.Advance(TimeSpan.FromMinutes(14));
        Assert.NotNull(await Store.LogInAsync(code, default));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(await Store.LogInAsync(late, default));
    }

    [Fact]
    public async Task A_guessed_code_writes_nothing()
    {
        Assert.Null(await Store.LogInAsync("guessed", default));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_session_ends_after_thirty_days()
    {
        var store = Store;
        var session = await store.LogInAsync(await store.NewCodeAsync(default), default);

        Assert.True(store.IsSession(session!));
        _clock.Advance(TimeSpan.FromDays(31));
        Assert.False(store.IsSession(session!));
    }

    [Fact]
    public async Task Sessions_are_bounded_and_the_oldest_goes()
    {
        var store = Store;
        var first = await store.LogInAsync(await store.NewCodeAsync(default), default);
        for (var i = 0; i < 64; i++)
            await store.LogInAsync(await store.NewCodeAsync(default), default);

        Assert.False(store.IsSession(first!));
    }

    [Fact]
    public async Task Another_process_sees_a_new_token_at_once()
    {
        var running = Store;
        Assert.False(running.IsToken("anything"));

        var token = await Store.AddTokenAsync("north", default);

        Assert.True(running.IsToken(token!));
        Assert.Equal(["north"], running.Tokens.Select(t => t.Name));
    }

    [Fact]
    public async Task A_name_is_given_once_and_must_be_allowed()
    {
        await Store.AddTokenAsync("north", default);

        Assert.Null(await Store.AddTokenAsync("north", default));
        Assert.Null(await Store.AddTokenAsync("North Plant", default));
    }

    [Fact]
    public async Task No_secret_stands_in_the_file()
    {
        var store = Store;
        var token = await store.AddTokenAsync("north", default);
        var code = await store.NewCodeAsync(default);
        var session = await store.LogInAsync(await store.NewCodeAsync(default), default);

        var file = await File.ReadAllTextAsync(_folder["access.json"]);

        foreach (var secret in (string[])[token!, code, session!])
            Assert.DoesNotContain(secret, file, StringComparison.Ordinal);
    }
}
