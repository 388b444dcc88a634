// Runs before the library has loaded: commands wait in this array for it.
window.outlast ??= []
window.outlast.push(['capture', 'example', { from: 'static' }])
