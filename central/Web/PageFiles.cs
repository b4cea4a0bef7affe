using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace Penstock.Central.Web;

/// <summary>The live page's files, inside the program; compressed once at the start.</summary>
internal sealed class PageFiles
{
    private const string Prefix = "wwwroot/";
    private readonly Dictionary<string, PageFile> _files = new(StringComparer.Ordinal);

    public PageFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!; // the assembly just named it
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            _files["/" + name[Prefix.Length..]] = PageFile.Of(name, bytes.ToArray());
        }

        if (_files.TryGetValue("/index.html", out var index))
            _files["/"] = index;
    }

    public IReadOnlyCollection<string> Paths => _files.Keys;

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (path, file) in _files)
            routes.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], file.WriteAsync).ExcludeFromDescription();
    }
}

internal sealed record PageFile(string ContentType, string ETag, byte[] Bytes, byte[] Compressed)
{
    public static PageFile Of(string name, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
            gzip.Write(bytes);
        return new(TypeOf(Path.GetExtension(name)), $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"", bytes, packed.ToArray());
    }

    public async Task WriteAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ETag = ETag;
        headers.CacheControl = "no-cache";
        headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(ETag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var gzip = Compressed.Length < Bytes.Length && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);
        var body = gzip ? Compressed : Bytes;
        if (gzip)
            headers.ContentEncoding = "gzip";
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string TypeOf(string extension) => extension switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" or ".mjs" => "text/javascript; charset=utf-8",
        ".json" or ".webmanifest" => "application/json",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        ".woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    };
}
