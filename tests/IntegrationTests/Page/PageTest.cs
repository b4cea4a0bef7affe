using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Page;

/// <summary>A centre of its own for each page test, and an agent played by the test.</summary>
[Collection(PageTests.Name)]
public abstract class PageTest : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    private protected Centre Centre { get; set; } = null!; // Set before each test by InitializeAsync.

    private protected Feed Feed { get; private set; } = null!; // As above.

    private protected string DataFolder => _folder["centre"];

    public virtual async ValueTask InitializeAsync()
    {
        Centre = await Centre.Start(DataFolder);
        Feed = new Feed(Centre);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Centre.DisposeAsync();
        _folder.Dispose();
    }
}
