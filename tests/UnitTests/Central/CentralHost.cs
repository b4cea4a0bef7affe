using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Central;
using Penstock.Central.Access;
using Penstock.Central.Historian.Sqlite;
using Penstock.Central.Live;

namespace Penstock.UnitTests.Central;

/// <summary>A centre on a free port of this process, on a folder of its own.</summary>
internal sealed class CentralHost : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly SqliteHistorian _historian;
    private readonly WebApplication _app;

    private CentralHost(TempFolder folder, SqliteHistorian historian, WebApplication app)
    {
        _folder = folder;
        _historian = historian;
        _app = app;
        Port = new Uri(app.Urls.First()).Port;
        Http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new($"http://127.0.0.1:{Port}/") };
    }

    public int Port { get; }

    public HttpClient Http { get; }

    public AccessStore Access => _app.Services.GetRequiredService<AccessStore>();

    public static async Task<CentralHost> StartAsync(IPAddress? listen = null)
    {
        var folder = new TempFolder();
        var options = new CentralOptions { DataFolder = folder.Path, Listen = new(listen ?? IPAddress.Loopback, 0), DiskFloorBytes = 0 };
        var historian = new SqliteHistorian(options.HistoryFile, TimeProvider.System);
        var app = CentralApp.Build(options, historian, TimeProvider.System);
        await app.Services.GetRequiredService<LiveHub>().LoadAsync(default);
        await app.StartAsync();
        return new(folder, historian, app);
    }

    public Task<HttpResponseMessage> PostAsync(string body, string? encoding = null) => PostAsync(Encoding.UTF8.GetBytes(body), encoding);

    public async Task<HttpResponseMessage> PostAsync(byte[] body, string? encoding = null, string path = "api/v1/records")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await Http.PostAsync(path, content);
    }

    public void Sql(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={_folder["history.db"]};Pooling=False");
        connection.Open();
        connection.Run(statement);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _historian.DisposeAsync();
        _folder.Dispose();
    }
}
