import webpack from 'webpack'

/** @type {import('webpack').Configuration} */
export default {
  mode: 'production',
  entry: './src/main.js',
  output: { filename: 'main.js', publicPath: '/', clean: true },
  plugins: [
    new webpack.EnvironmentPlugin({ POSTHOG_HOST: 'http://localhost:4319' }),
    {
      apply: ({ hooks }) =>
        hooks.thisCompilation.tap('page', (compilation) =>
          compilation.hooks.additionalAssets.tap('page', () =>
            compilation.emitAsset(
              'index.html',
              new webpack.sources.RawSource(
                '<!doctype html><html lang="en"><title>A webpack app</title><script src="/main.js" defer></script><h1>A webpack app</h1>',
              ),
            ),
          ),
        ),
    },
  ],
}
